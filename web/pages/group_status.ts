import { BASE_PATH } from "./base_path.ts";
import { toGroupAddress } from "./group_address.ts";

/** What strangers may know of a group. */
export interface PublicStatus {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly locked: boolean;
  /** Undefined where the group does not tell. */
  readonly clientCount: number | undefined;
  /** Where the group's page is. */
  readonly address: string;
  /** The WebSocket; empty for that of the page's own server. */
  readonly endpoint: string;
  /** Where to ask for a token by name and password; empty if nowhere. */
  readonly authServer: string;
  /** A page on which one logs in first; empty if there is none. */
  readonly authPortal: string;
  /** Where the group really is; empty if it is here. */
  readonly redirect: string;
}

/** What came of asking for something. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "loaded"; readonly value: T }
  | { readonly kind: "missing" }
  | { readonly kind: "failed" };

/** Asks for the state of one group. */
export async function loadStatus(group: string): Promise<Loaded<PublicStatus>> {
  const loaded = await loadJson(`${toGroupAddress(group)}.status`);
  return loaded.kind === "loaded"
    ? { kind: "loaded", value: parseStatus(loaded.value, group) }
    : loaded;
}

/** Asks for all groups that are listed. */
export async function loadPublicGroups(): Promise<
  Loaded<readonly PublicStatus[]>
> {
  const loaded = await loadJson(`${BASE_PATH}/public-groups.json`);
  if (loaded.kind !== "loaded") return loaded;
  if (!Array.isArray(loaded.value)) return { kind: "failed" };
  const value = loaded.value.map((entry) => parseStatus(entry, ""));
  return { kind: "loaded", value: value.filter(({ name }) => name !== "") };
}

/** Makes a status of parsed JSON; what is missing or garbled is left out. */
export function parseStatus(json: unknown, group: string): PublicStatus {
  const fields = new Map<string, unknown>(
    typeof json === "object" && json !== null ? Object.entries(json) : [],
  );
  const text = (name: string): string => {
    const field = fields.get(name);
    return typeof field === "string" ? field : "";
  };
  const name = text("name") || group;
  const count = fields.get("clientCount");
  return {
    name,
    displayName: text("displayName") || name,
    description: text("description"),
    locked: fields.get("locked") === true,
    clientCount: typeof count === "number" ? count : undefined,
    address: text("redirect") || toGroupAddress(name),
    endpoint: text("endpoint"),
    authServer: text("authServer"),
    authPortal: text("authPortal"),
    redirect: text("redirect"),
  };
}

async function loadJson(address: string): Promise<Loaded<unknown>> {
  try {
    const response = await fetch(address);
    if (response.status === 404) return { kind: "missing" };
    if (!response.ok) return { kind: "failed" };
    return { kind: "loaded", value: await response.json() };
  } catch {
    return { kind: "failed" }; // No network, no server, or no JSON.
  }
}
