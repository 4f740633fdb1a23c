/**
 * What the main thread and the recording thread say to each other. All plain
 * values.
 *
 * @module
 */
import type { LogLevel } from "../lib/log.ts";
import type { GroupName, Username } from "../protocol/ids.ts";
import type { CodecName, PublisherKey } from "../protocol/media_plane.ts";
import type { RecordingEvent } from "../protocol/recording.ts";

/** To the recording thread. */
export type ToRecordingWorker =
  /** The first. */
  | { readonly kind: "open"; readonly directory: string }
  | { readonly kind: "prepare"; readonly group: GroupName }
  /** What comes of a publisher comes through the ring. */
  | {
    readonly kind: "record";
    readonly publisher: PublisherKey;
    readonly group: GroupName;
    readonly username: Username;
    readonly codecs: readonly CodecName[];
    readonly sdp: string;
    readonly memory: SharedArrayBuffer;
  }
  /** A further offer of it was accepted. */
  | {
    readonly kind: "offer";
    readonly publisher: PublisherKey;
    readonly sdp: string;
  }
  | { readonly kind: "release"; readonly publisher: PublisherKey }
  /** The last: to complete all files and say so. */
  | { readonly kind: "close" };

/** From it. */
export type FromRecordingWorker =
  | { readonly kind: "event"; readonly event: RecordingEvent }
  | {
    readonly kind: "want-keyframes";
    readonly publisher: PublisherKey;
    readonly sources: readonly number[];
  }
  | {
    readonly kind: "log";
    readonly level: LogLevel;
    readonly text: string;
    readonly fields: Readonly<Record<string, string>>;
  }
  | { readonly kind: "closed" };
