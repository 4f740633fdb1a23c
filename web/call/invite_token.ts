/** What is needed of the browser to remember a token. */
export interface InviteSurroundings {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly location: Pick<Location, "href">;
  readonly history: Pick<History, "replaceState">;
}

/**
 * The token of the invite link that the page was opened with.
 *
 * It must not stay in the address bar, where it would be copied along or seen
 * over one's shoulder, but reloading the page must not lose it: so the tab keeps
 * it until it is closed.
 */
export class InviteToken {
  readonly #surroundings: InviteSurroundings;
  readonly #key: string;
  #value: string;

  /** Takes the token from the address, or else from what the tab remembers. */
  constructor(surroundings: InviteSurroundings, group: string) {
    this.#surroundings = surroundings;
    this.#key = `nereid.token:${group}`;
    const url = new URL(surroundings.location.href);
    this.#value = url.searchParams.get("token") ?? this.#remembered();
  }

  /** The token; empty if there is none. */
  get value(): string {
    return this.#value;
  }

  /** It has let us in: from the address bar into the tab's memory. */
  accept(): void {
    if (this.#value !== "") this.#remember(this.#value);
    this.#cleanAddress();
  }

  /** It is worth nothing: forget it, so that one may use a password instead. */
  discard(): void {
    this.#value = "";
    this.#remember(undefined);
    this.#cleanAddress();
  }

  #cleanAddress(): void {
    const url = new URL(this.#surroundings.location.href);
    if (!url.searchParams.has("token")) return;
    url.searchParams.delete("token");
    this.#surroundings.history.replaceState(null, "", url.href);
  }

  #remembered(): string {
    try {
      return this.#surroundings.storage.getItem(this.#key) ?? "";
    } catch {
      return ""; // The browser forbids storage.
    }
  }

  #remember(value: string | undefined): void {
    try {
      if (value === undefined) this.#surroundings.storage.removeItem(this.#key);
      else this.#surroundings.storage.setItem(this.#key, value);
    } catch {
      // The browser forbids storage: reloading will ask for a new link.
    }
  }
}
