/**
 * What signalling and the recorder say to each other. All plain values; neither
 * waits for the other.
 *
 * @module
 */
import type { GroupName, Username } from "./ids.ts";
import type { PublisherKey } from "./media_plane.ts";

/** What signalling tells the recorder to do. */
export type RecordingCommand =
  /** Makes the group's folder ready: what is wrong with it is told now. */
  | { readonly kind: "prepare-recording"; readonly group: GroupName }
  /** From now on what comes of a publisher is written. */
  | {
    readonly kind: "record-publisher";
    readonly publisher: PublisherKey;
    readonly group: GroupName;
    /** Of who publishes: part of the file's name. May be empty. */
    readonly username: Username;
  }
  /** No more of it is; its file is closed. */
  | { readonly kind: "release-publisher"; readonly publisher: PublisherKey };

/** What the recorder tells signalling, for the operators of a group. */
export type RecordingEvent =
  /** Something is not, or not wholly, recorded; the rest goes on. */
  | {
    readonly kind: "recording-warning";
    readonly group: GroupName;
    readonly text: string;
  }
  /** Nothing can be recorded: the group's recording is over. */
  | {
    readonly kind: "recording-failed";
    readonly group: GroupName;
    readonly text: string;
  };
