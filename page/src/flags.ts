/** The flags of a track in the stream's frames (docs/stream.md), and their words. */
export const FLAG_SPOOF = 1;
export const FLAG_UNCONFIRMED = 2;
export const FLAG_UNAUTHORISED = 4;
/** Why a spoof is suspected. */
const FLAG_REASONS: readonly [number, string][] = [
  [8, "heard at two places"],
  [16, "impossible speed"],
  [32, "a sensor disagrees"],
  [64, "frozen position"],
];

export function flagWords(flags: number): string[] {
  const words: string[] = [];
  if (flags & FLAG_SPOOF) {
    const why = FLAG_REASONS.filter(([bit]) => flags & bit).map(([, reason]) => reason);
    words.push(why.length ? `spoof suspected (${why.join(", ")})` : "spoof suspected");
  }
  if (flags & FLAG_UNCONFIRMED) words.push("position unconfirmed");
  if (flags & FLAG_UNAUTHORISED) words.push("unauthorised");
  return words;
}
