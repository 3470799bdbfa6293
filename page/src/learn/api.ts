/** The desk's HTTP API (docs/learn.md): the shapes that the screens read, and one way to ask. */

export type Certainty = "stated" | "reported" | "alleged" | "possible" | "denied";
export const CERTAINTIES: readonly Certainty[] = ["stated", "reported", "alleged", "possible", "denied"];
export const KINDS = [
  "training", "advising", "supply", "recruitment", "deployment", "use_attack", "sighting", "adoption", "production", "statistic", "warning",
] as const; // prettier-ignore
export const TRANSFERS: readonly string[] = KINDS.slice(0, 4);

export interface Said {
  sentence: string;
  evidence: number[];
}

export interface DeskState {
  user: string;
  examples: boolean;
  site: boolean;
  reports: number;
  claims: number;
  counts: Record<"pending" | "accepted" | "edited" | "rejected" | "added", number>;
  behind: number;
  origins: number;
  flows: number;
  incidents: number;
  first: string | null;
  last: string | null;
  cards: { id: string; title: string }[];
}

export interface InboxRow {
  n: number;
  doc: string;
  kind: string;
  who: string;
  what: string | null;
  certainty: Certainty;
  state: string;
  guessed: boolean;
}

export interface Evidence {
  n: number;
  doc: string;
  evidence: string;
  kind: string;
  certainty: Certainty;
  attributed_to: string | null;
  source: string | null;
  published: string | null;
  title: string | null;
  url: string | null;
  state: string;
  rule: string | null;
  sentence: string | null;
  origin: string | null;
  reliability: string | null;
  reliability_words: string | null;
  reasons: string[];
}

export interface Quantity {
  value: number;
  unit: string | null;
  qualifier: string;
  period: string | null;
}

export interface Claim {
  kind: string;
  provider: string | null;
  recipient: string | null;
  actor: string | null;
  target: string | null;
  capability: string | null;
  place: string | null;
  country: string | null;
  time: string | null;
  attributed_to: string | null;
  certainty: Certainty;
  quantity: Quantity | null;
}

export interface OpenClaim extends Evidence {
  guessed: boolean;
  own_doubt: boolean; // possible only because it was guessed
  claim: Claim;
  original: Claim | null;
  text: string;
  start: number;
  end: number;
  has_report: boolean;
  before: boolean;
  more: boolean;
  decision: number | null;
  translation: string | null;
  language: string | null;
}

export interface Edge extends Said {
  kind: string;
  from: string | null;
  to: string | null;
  from_name: string;
  to_name: string;
  certainty: Certainty;
  fact: boolean;
  denied: boolean;
  information: number;
  information_words: string;
  grade: string;
  when: string;
  reports: number;
  known_since: string | null;
  capabilities: string[];
}

export interface Flows {
  total: number;
  edges: Edge[];
  nodes: { id: string; name: string; type: string; country: string | null }[];
}

export interface First {
  when: string;
  lag: string;
  certainty: Certainty;
  earlier_if_true: string | null;
  evidence: number[];
}

/** Ask the desk; a refusal becomes an Error with the desk's own words. */
export async function ask<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const words = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)])).toString();
  return answered(await fetch(`/api/learn/${path}${words ? `?${words}` : ""}`));
}

export async function tell<T>(path: string, body: unknown = {}): Promise<T> {
  return answered(
    await fetch(`/api/learn/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

async function answered<T>(response: Response): Promise<T> {
  const said = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(said.error ?? `the desk answered ${response.status}`);
  return said;
}
