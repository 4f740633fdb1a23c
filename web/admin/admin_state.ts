import type {
  Description,
  Draft,
  LimitCounts,
  Permissions,
  Statistics,
  TokenDocument,
} from "./documents.ts";
import type { Refusal } from "./refusal.ts";
import type { Sample } from "./statistics_sample.ts";

/** What the administrators' page knows; never a password. */
export interface AdminState {
  readonly account: Account;
  readonly section: Section;
  readonly groups: readonly string[];
  readonly open: OpenGroup | undefined;
  /** Those of all groups; `undefined` until they have been read. */
  readonly invitations: readonly PlacedInvitation[] | undefined;
  readonly statistics: StatisticsState;
  readonly limits: LimitCounts | undefined;
  /** What came of the last thing that was asked for. */
  readonly outcome: Outcome | undefined;
  readonly busy: boolean;
}

/** Whether an administrator is there. */
export type Account =
  | { readonly kind: "out"; readonly refusal: Refusal | undefined }
  | { readonly kind: "in"; readonly username: string };

/** The parts of the page. */
export type Section = "groups" | "invitations" | "statistics" | "limits";

/** The parts of a group. */
export type GroupTab = "settings" | "users" | "tokens" | "keys";

/** A version of a group's description. */
export interface Version {
  readonly description: Description;
  /** Its entity tag. */
  readonly tag: string;
}

/** The group that is looked at. */
export interface OpenGroup {
  readonly name: string;
  readonly tab: GroupTab;
  readonly version: Version;
  /** What has been changed and not saved. */
  readonly draft: Draft;
  /** What somebody else has made of it meanwhile. */
  readonly theirs: Version | undefined;
  readonly users: readonly User[];
  readonly invitations: readonly Invitation[];
}

/** A user of a group. */
export interface User {
  /**
   * Empty of those who give no name; `undefined` of all whom the group does not
   * name.
   */
  readonly name: string | undefined;
  readonly permissions: Permissions;
}

/** An invitation with its secret. */
export interface Invitation extends TokenDocument {
  readonly secret: string;
  /** Its entity tag. */
  readonly tag: string;
}

/** An invitation with the group that it is for. */
export interface PlacedInvitation {
  /** Empty if it is for every group. */
  readonly group: string;
  readonly invitation: Invitation;
}

/** The newest statistics, and what came before, oldest first. */
export interface StatisticsState {
  readonly samples: readonly Sample[];
  readonly groups: Statistics | undefined;
  readonly isStale: boolean;
}

/** What has been done, as the page calls it. */
export type Deed =
  | "created"
  | "saved"
  | "deleted"
  | "password"
  | "keys"
  | "invited"
  | "revoked";

/** What came of something that was asked for. */
export type Outcome =
  | { readonly kind: "done"; readonly deed: Deed }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Nobody has signed in. */
export const SIGNED_OUT: AdminState = {
  account: { kind: "out", refusal: undefined },
  section: "groups",
  groups: [],
  open: undefined,
  invitations: undefined,
  statistics: { samples: [], groups: undefined, isStale: false },
  limits: undefined,
  outcome: undefined,
  busy: false,
};

/** Everything that changes the state. */
export type AdminAction =
  | { readonly kind: "asked" }
  | { readonly kind: "signed-in"; readonly username: string }
  | { readonly kind: "signed-out"; readonly refusal?: Refusal }
  | { readonly kind: "section-chosen"; readonly section: Section }
  | { readonly kind: "groups-listed"; readonly groups: readonly string[] }
  | {
    readonly kind: "group-read";
    readonly group: Omit<OpenGroup, "tab" | "draft" | "theirs">;
  }
  | { readonly kind: "group-closed" }
  | {
    readonly kind: "invitations-read";
    readonly invitations: readonly PlacedInvitation[];
  }
  | { readonly kind: "tab-chosen"; readonly tab: GroupTab }
  | { readonly kind: "drafted"; readonly change: Draft }
  | { readonly kind: "draft-dropped" }
  | { readonly kind: "conflict-found"; readonly theirs: Version }
  | { readonly kind: "theirs-taken" }
  | { readonly kind: "measured"; readonly groups: Statistics }
  | { readonly kind: "measuring-failed" }
  | { readonly kind: "limits-read"; readonly limits: LimitCounts }
  | { readonly kind: "ended"; readonly outcome: Outcome | undefined };
