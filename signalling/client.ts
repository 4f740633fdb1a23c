import type { ClientLimits } from "../protocol/client_limits.ts";
import type { GroupName, Username } from "../protocol/ids.ts";
import type { Addressee } from "./turn.ts";
import type { Viewer } from "./viewer.ts";

/** Where a client is. */
export interface Membership {
  readonly group: GroupName;
  readonly username: Username;
}

/** A client, as one who publishes and views. */
export interface Client extends Addressee {
  readonly viewer: Viewer;
  readonly limits: ClientLimits;
  membership: Membership | undefined;
}
