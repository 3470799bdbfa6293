/**
 * Places on the page: a plane of web-Mercator metres with its origin at the site (x east, y north), and distances on the ground.
 *
 * Longitudes are taken relative to the site's before projecting, so that a site beside the 180th meridian has one unbroken plane.
 * The plane stretches lengths by 1 / cos(latitude); `groundScale` gives the factor back.
 */

export const EARTH_RADIUS_M = 6378137;
const RAD = Math.PI / 180;
const WGS84_E2 = 0.00669437999014;

/** An angle in degrees, brought into [-180, 180). */
export function wrapDeg(angle: number): number {
  return ((((angle + 180) % 360) + 360) % 360) - 180;
}

function mercatorY(latDeg: number): number {
  const lat = Math.max(-85.05, Math.min(85.05, latDeg)) * RAD;
  return EARTH_RADIUS_M * Math.log(Math.tan(Math.PI / 4 + lat / 2));
}

/** The site's plane: WGS84 degrees to plane metres and back. */
export class Plane {
  readonly latDeg: number;
  readonly lonDeg: number;
  private readonly y0: number;

  constructor(latDeg: number, lonDeg: number) {
    this.latDeg = latDeg;
    this.lonDeg = lonDeg;
    this.y0 = mercatorY(latDeg);
  }

  x(lonDeg: number): number {
    return EARTH_RADIUS_M * RAD * wrapDeg(lonDeg - this.lonDeg);
  }

  y(latDeg: number): number {
    return mercatorY(latDeg) - this.y0;
  }

  lon(x: number): number {
    return wrapDeg(this.lonDeg + x / (EARTH_RADIUS_M * RAD));
  }

  lat(y: number): number {
    return (2 * Math.atan(Math.exp((y + this.y0) / EARTH_RADIUS_M)) - Math.PI / 2) / RAD;
  }

  /** Plane metres to the full web-Mercator coordinates (EPSG:3857) that OpenLayers uses, and the offset back. */
  get originX(): number {
    return EARTH_RADIUS_M * RAD * this.lonDeg;
  }

  get originY(): number {
    return this.y0;
  }

  /** Plane metres per metre on the ground at this latitude. */
  stretch(latDeg: number): number {
    return 1 / Math.cos(latDeg * RAD);
  }
}

/** Bearing (degrees clockwise from true north) and distance (m) over the WGS84 ellipsoid; better than 0.1 % within 100 km. */
export function bearingDistance(
  lat1: number,
  lon1: number,
  lat2: number,
  lon2: number,
): { bearingDeg: number; distanceM: number } {
  const middle = ((lat1 + lat2) / 2) * RAD;
  const w = 1 - WGS84_E2 * Math.sin(middle) ** 2;
  const meridian = (EARTH_RADIUS_M * (1 - WGS84_E2)) / w ** 1.5;
  const normal = EARTH_RADIUS_M / Math.sqrt(w);
  const east = wrapDeg(lon2 - lon1) * RAD * normal * Math.cos(middle);
  const north = (lat2 - lat1) * RAD * meridian;
  const bearing = Math.atan2(east, north) / RAD;
  return { bearingDeg: (bearing + 360) % 360, distanceM: Math.hypot(east, north) };
}
