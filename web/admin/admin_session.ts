import type { ReducedStore } from "../state/reduced_store.ts";
import { AdminClient, type Answer, type Change } from "./admin_client.ts";
import {
  type InvitationTerms,
  type NewPassword,
  toInvitationChange,
  toInvitationEdit,
  toPasswordChange,
} from "./changes.ts";
import type {
  AdminAction,
  AdminState,
  Deed,
  Invitation,
  OpenGroup,
  Section,
  User,
  Version,
} from "./admin_state.ts";
import {
  parseLimits,
  parseNames,
  parseStatistics,
  type Permissions,
  withDraft,
} from "./documents.ts";
import {
  groupListPath,
  groupPath,
  keysPath,
  LIST_PATH,
  passwordPath,
  tokenPath,
  userPath,
} from "./paths.ts";
import { readAllInvitations, readGroup, readVersion } from "./read_group.ts";
import type { Refusal } from "./refusal.ts";

/** The state of the administrators' page. */
export type AdminStore = ReducedStore<AdminState, AdminAction>;

/** How often statistics are read while they are looked at, in milliseconds. */
const MEASURE_MS = 2_000;

/**
 * What administrators do: asks the server, and tells the store what came of it.
 * It alone has the password, until the page goes or one signs out.
 */
export class AdminSession {
  readonly #store: AdminStore;
  #client: AdminClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Nobody has signed in yet. */
  constructor(store: AdminStore) {
    this.#store = store;
  }

  /** Signs in, if the server takes the password. */
  async signIn(username: string, password: string): Promise<void> {
    const { dispatch } = this.#store;
    const client = new AdminClient(username, password);
    dispatch({ kind: "asked" });
    const answer = await client.read(LIST_PATH, parseNames);
    dispatch({ kind: "ended", outcome: undefined });
    if (answer.kind === "refused") {
      return dispatch({ kind: "signed-out", refusal: answer.refusal });
    }
    this.#client = client;
    dispatch({ kind: "signed-in", username });
    dispatch({ kind: "groups-listed", groups: answer.value });
  }

  /** Forgets the password and everything that was read. */
  signOut(refusal?: Refusal): void {
    this.#client = undefined;
    this.#stopMeasuring();
    this.#store.dispatch({
      kind: "signed-out",
      ...(refusal === undefined ? {} : { refusal }),
    });
  }

  /** Shows a part of the page, and reads what it shows. */
  async show(section: Section): Promise<void> {
    this.#store.dispatch({ kind: "section-chosen", section });
    this.#stopMeasuring();
    if (section === "groups") await this.#list();
    if (section === "invitations") {
      await this.#do((client) => this.#readInvitations(client));
    }
    if (section === "statistics") await this.#measure();
    if (section === "limits") await this.readLimits();
  }

  /** Reads the limits, and what they have refused. */
  readLimits(): Promise<void> {
    return this.#do(async (client) => {
      const answer = await client.read(".limits", parseLimits);
      if (answer.kind === "done") {
        this.#store.dispatch({ kind: "limits-read", limits: answer.value });
      }
      return answer;
    });
  }

  /** Looks at a group. */
  open(group: string): Promise<void> {
    return this.#do((client) => this.#read(client, group));
  }

  /**
   * Makes a group, and looks at it.
   *
   * @param like whose settings it begins with, but for the title; without, the
   *   server's defaults
   */
  createGroup(group: string, like: string | undefined): Promise<void> {
    return this.#do(async (client) => {
      const model = like === undefined
        ? undefined
        : await readVersion(client, like);
      if (model?.kind === "refused") return model;
      const made = await client.change(groupPath(group), {
        method: "PUT",
        body: JSON.stringify({
          ...model?.value.description,
          displayName: undefined,
        }),
        onlyNew: true,
      });
      if (made.kind === "refused") {
        const { kind } = made.refusal;
        return kind === "conflict"
          ? { kind: "refused", refusal: { kind: "exists" } }
          : made;
      }
      await this.#list();
      return await this.#read(client, group);
    }, "created");
  }

  /** Deletes the group that is looked at, as far as it is what one has seen. */
  deleteGroup({ name, version }: OpenGroup): Promise<void> {
    return this.#do(async (client) => {
      const answer = await client.change(groupPath(name), {
        method: "DELETE",
        ifMatch: version.tag,
      });
      if (answer.kind === "refused") return await this.#reread(answer, name);
      this.#store.dispatch({ kind: "group-closed" });
      await this.#list();
      return answer;
    }, "deleted");
  }

  /** Saves the settings; if somebody else has changed them, asks what to do. */
  saveGroup({ name, version, draft }: OpenGroup): Promise<void> {
    return this.#save(name, version, withDraft(version.description, draft));
  }

  /** Saves one's own changes over those of somebody else. */
  overwriteGroup({ name, theirs, version, draft }: OpenGroup): Promise<void> {
    const base = theirs ?? version;
    return this.#save(name, base, withDraft(base.description, draft));
  }

  /** Adds a user, or says what those may do whom the group does not name. */
  addUser(
    group: string,
    name: string | undefined,
    permissions: Permissions,
  ): Promise<void> {
    return this.#change(group, userPath(group, name), {
      method: "PUT",
      body: JSON.stringify({ permissions }),
      onlyNew: true,
    });
  }

  /** Changes what a user may do. */
  setPermissions(
    { name: group, version }: OpenGroup,
    { name }: User,
    permissions: Permissions,
  ): Promise<void> {
    return this.#change(group, userPath(group, name), {
      method: "PUT",
      body: JSON.stringify({ permissions }),
      ifMatch: version.tag,
    });
  }

  /** Deletes a user. */
  deleteUser(
    { name: group, version }: OpenGroup,
    { name }: User,
  ): Promise<void> {
    return this.#change(group, userPath(group, name), {
      method: "DELETE",
      ifMatch: version.tag,
    });
  }

  /** Says by what a user proves who they are. */
  setPassword(
    group: string,
    { name }: User,
    password: NewPassword,
  ): Promise<void> {
    const path = passwordPath(group, name);
    return this.#change(group, path, toPasswordChange(password), "password");
  }

  /** Invites somebody. */
  invite(group: string, terms: InvitationTerms): Promise<void> {
    const path = groupListPath(group, "tokens");
    return this.#change(group, path, toInvitationChange(terms), "invited");
  }

  /** Gives an invitation other terms, as far as it is what one has seen. */
  editInvitation(
    group: string,
    invitation: Invitation,
    terms: InvitationTerms,
  ): Promise<void> {
    const path = tokenPath(group, invitation.secret);
    return this.#change(group, path, toInvitationEdit(invitation, terms));
  }

  /** Makes an invitation good for nothing. */
  revoke(group: string, secret: string): Promise<void> {
    const path = tokenPath(group, secret);
    return this.#change(group, path, { method: "DELETE" }, "revoked");
  }

  /** Replaces the keys of a group; without any, takes them away. */
  setKeys(group: string, keys: string | undefined): Promise<void> {
    const change: Change = keys === undefined ? { method: "DELETE" } : {
      method: "PUT",
      type: "application/jwk-set+json",
      body: keys,
    };
    return this.#change(group, keysPath(group), change, "keys");
  }

  #save(
    group: string,
    base: Version,
    description: Version["description"],
  ): Promise<void> {
    return this.#do(async (client) => {
      const answer = await client.change(groupPath(group), {
        method: "PUT",
        body: JSON.stringify(description),
        ifMatch: base.tag,
      });
      if (answer.kind === "done") {
        this.#store.dispatch({ kind: "draft-dropped" });
        return await this.#read(client, group);
      }
      if (answer.refusal.kind !== "conflict") return answer;
      const theirs = await readVersion(client, group);
      if (theirs.kind === "refused") return theirs;
      this.#store.dispatch({ kind: "conflict-found", theirs: theirs.value });
      return theirs;
    }, "saved");
  }

  /** Changes something of a group, and reads what has become of it. */
  #change(
    group: string,
    path: string,
    change: Change,
    deed: Deed = "saved",
  ): Promise<void> {
    return this.#do(async (client) => {
      const answer = await client.change(path, change);
      return answer.kind === "refused"
        ? await this.#reread(answer, group)
        : await this.#refresh(client, group);
    }, deed);
  }

  /** After a refusal: shows what holds now, if something else has changed it. */
  async #reread<Refused extends Extract<Answer<unknown>, { kind: "refused" }>>(
    answer: Refused,
    group: string,
  ): Promise<Refused> {
    const { kind } = answer.refusal;
    const isOld = kind === "conflict" || kind === "missing";
    if (isOld && this.#client !== undefined) {
      await this.#refresh(this.#client, group);
    }
    return answer;
  }

  /** Reads again what is looked at: all invitations, or a group. */
  #refresh(client: AdminClient, group: string): Promise<Answer<unknown>> {
    return this.#store.state.peek().section === "invitations"
      ? this.#readInvitations(client)
      : this.#read(client, group);
  }

  async #readInvitations(client: AdminClient): Promise<Answer<unknown>> {
    await this.#list();
    const { groups } = this.#store.state.peek();
    const answer = await readAllInvitations(client, groups);
    if (answer.kind === "done") {
      const invitations = answer.value;
      this.#store.dispatch({ kind: "invitations-read", invitations });
    }
    return answer;
  }

  async #read(client: AdminClient, group: string): Promise<Answer<unknown>> {
    const answer = await readGroup(client, group);
    if (answer.kind === "done") {
      this.#store.dispatch({ kind: "group-read", group: answer.value });
    } else if (answer.refusal.kind === "missing") {
      this.#store.dispatch({ kind: "group-closed" });
      await this.#list();
    }
    return answer;
  }

  async #list(): Promise<void> {
    const answer = await this.#client?.read(LIST_PATH, parseNames);
    if (answer?.kind === "done") {
      this.#store.dispatch({ kind: "groups-listed", groups: answer.value });
    }
  }

  async #measure(): Promise<void> {
    const client = this.#client;
    const answer = await client?.read(".stats", parseStatistics);
    const { dispatch, state } = this.#store;
    // Whoever has looked away meanwhile is not to be measured for.
    if (client !== this.#client || answer === undefined) return;
    if (state.peek().section !== "statistics") return;
    if (answer.kind === "done") {
      dispatch({ kind: "measured", groups: answer.value });
    } else if (answer.refusal.kind === "password") {
      return this.signOut(answer.refusal);
    } else dispatch({ kind: "measuring-failed" });
    this.#stopMeasuring();
    this.#timer = setTimeout(() => void this.#measure(), MEASURE_MS);
  }

  #stopMeasuring(): void {
    clearTimeout(this.#timer);
  }

  /** Does one thing, and tells what came of it. */
  async #do(
    act: (client: AdminClient) => Promise<Answer<unknown>>,
    deed?: Deed,
  ): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const { dispatch, state } = this.#store;
    dispatch({ kind: "asked" });
    const answer = await act(client);
    // One who has signed out meanwhile does not want to know.
    if (client !== this.#client) return;
    if (answer.kind === "refused") {
      const { refusal } = answer;
      // The password has been changed, or the administrator is none any more.
      if (refusal.kind === "password") return this.signOut(refusal);
      return dispatch({ kind: "ended", outcome: { kind: "refused", refusal } });
    }
    const isUndecided = state.peek().open?.theirs !== undefined;
    dispatch({
      kind: "ended",
      outcome: deed === undefined || isUndecided
        ? undefined
        : { kind: "done", deed },
    });
  }
}
