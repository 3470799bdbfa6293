/**
 * What part of the plane is on the screen: centre in plane metres, plane metres per CSS pixel, size in CSS pixels. North is up.
 */

export const NEAREST_RES = 0.2;
export const FARTHEST_RES = 20000;

export class View {
  cx = 0;
  cy = 0;
  res = 10;
  width = 1;
  height = 1;
  /** Changes with every movement. */
  version = 0;
  /** The circle that was asked for while the map was hidden and had no size. */
  private waiting: number | null = null;

  toScreenX(x: number): number {
    return (x - this.cx) / this.res + this.width / 2;
  }

  toScreenY(y: number): number {
    return (this.cy - y) / this.res + this.height / 2;
  }

  toPlaneX(sx: number): number {
    return this.cx + (sx - this.width / 2) * this.res;
  }

  toPlaneY(sy: number): number {
    return this.cy - (sy - this.height / 2) * this.res;
  }

  pan(dx: number, dy: number): void {
    this.cx -= dx * this.res;
    this.cy += dy * this.res;
    this.version++;
  }

  /** Zoom so that the plane's point under (sx, sy) stays there; `factor` over 1 comes nearer. */
  zoom(factor: number, sx = this.width / 2, sy = this.height / 2): void {
    const x = this.toPlaneX(sx);
    const y = this.toPlaneY(sy);
    this.res = Math.min(FARTHEST_RES, Math.max(NEAREST_RES, this.res / factor));
    this.cx = x - (sx - this.width / 2) * this.res;
    this.cy = y + (sy - this.height / 2) * this.res;
    this.version++;
  }

  centre(x: number, y: number): void {
    this.cx = x;
    this.cy = y;
    this.version++;
  }

  /** Show a circle of `radius` plane metres around the origin. */
  fit(radius: number): void {
    this.waiting = this.width > 1 && this.height > 1 ? null : radius;
    this.cx = 0;
    this.cy = 0;
    this.res = Math.min(
      FARTHEST_RES,
      Math.max(NEAREST_RES, (2 * radius) / Math.max(50, Math.min(this.width, this.height) * 0.94)),
    );
    this.version++;
  }

  resize(width: number, height: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.version++;
    if (this.waiting !== null && width > 1 && height > 1) this.fit(this.waiting);
  }
}
