import type { WallTime } from "../lib/time.ts";
import type { GroupName } from "../protocol/ids.ts";
import type { CodecName } from "../protocol/media_plane.ts";

/**
 * What signalling must know of a group's description file. Made when somebody's
 * credentials have been checked, so it is as fresh as the latest join.
 */
export interface GroupDescription {
  readonly name: GroupName;
  /** For people, in place of the name. */
  readonly displayName?: string;
  readonly description?: string;
  /** Whether everybody may see that the group exists. */
  readonly public: boolean;
  /** The group is elsewhere: the URL to go to. */
  readonly redirect?: string;
  /** How many may be in it before only operators get in; absent: no limit. */
  readonly maxClients?: number;
  /** How old a chat message may be and still be told to those who come. */
  readonly maxHistoryAgeMs: number;
  /** Before this, only operators get in. */
  readonly notBefore?: WallTime;
  /** After this, only operators get in. */
  readonly expires?: WallTime;
  /** Whether the group locks itself while no operator is there. */
  readonly autolock: boolean;
  /** Whether everybody is sent away while no operator is there. */
  readonly autokick: boolean;
  /** Whether an operator made by an operator may record, too; absent: no. */
  readonly allowRecording?: boolean;
  /** What flows may be sent in, the preferred ones first; absent: the default. */
  readonly codecs?: readonly CodecName[];
  readonly canChangePassword: boolean;
  /** See `GroupStatus` of the protocol. */
  readonly authServer?: string;
  readonly authPortal?: string;
}
