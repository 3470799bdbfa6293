/** What is asked of the archive: kept in the address, so that a question can be sent to a colleague, and turned into the station's words. */

export interface Question {
  /** First and last day, "2026-05-01"; empty: as far as the archive goes. */
  first: string;
  last: string;
  per: "hour" | "day" | "week";
  zone: string;
  /** A line or area that somebody added; not together with a zone. */
  line: string;
  within: number;
  figures: string[];
}

const PER = ["hour", "day", "week"] as const;

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The last day of a period that ends at this time: midnight ends the day before. */
export function dayBefore(until: string): string {
  return new Date(Date.parse(until) - 1).toISOString().slice(0, 10);
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00:00Z`));

/** The question of an address' hash, "#counts&first=2026-05-01"; what cannot be read there is left out. */
export function questionOf(hash: string, within: number): Question {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const day = (name: string) => (isDay(said.get(name) ?? "") ? said.get(name)! : "");
  const per = PER.find((p) => p === said.get("per")) ?? "day";
  const metres = Number(said.get("within") ?? "");
  return {
    first: day("first"),
    last: day("last"),
    per,
    zone: said.get("zone") ?? "",
    line: said.has("zone") ? "" : (said.get("line") ?? ""),
    within: said.has("within") && Number.isFinite(metres) && metres >= 0 ? metres : within,
    figures: said.getAll("figure").slice(0, 4),
  };
}

export function hashOf(q: Question): string {
  const said = new URLSearchParams();
  if (q.first) said.set("first", q.first);
  if (q.last) said.set("last", q.last);
  if (q.per !== "day") said.set("per", q.per);
  if (q.zone || q.line) {
    said.set(q.zone ? "zone" : "line", q.zone || q.line);
    said.set("within", String(q.within));
  }
  for (const f of q.figures) if (f.trim()) said.append("figure", f.trim());
  const words = said.toString();
  return words ? `#counts&${words}` : "#counts";
}

/** The station's query. Its `until` at midnight ends the day before, so the last day is given by the midnight after it. */
export function queryOf(q: Question): string {
  const asked = new URLSearchParams({ per: q.per });
  if (q.first) asked.set("since", `${q.first}T00:00:00Z`);
  if (q.last) asked.set("until", `${nextDay(q.last)}T00:00:00Z`);
  if (q.zone || q.line) {
    asked.set(q.zone ? "zone" : "line", q.zone || q.line);
    asked.set("within", String(q.within));
  }
  for (const f of q.figures) if (f.trim()) asked.append("compare", f.trim());
  return asked.toString();
}
