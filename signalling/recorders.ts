import type {
  ClientId,
  GroupName,
  SessionId,
  Username,
} from "../protocol/ids.ts";
import type { PublisherKey } from "../protocol/media_plane.ts";
import type { RecordingEvent } from "../protocol/recording.ts";
import type { Flow } from "./flow.ts";
import type { Group, Member } from "./group.ts";
import { enter, exit } from "./groups.ts";
import { may } from "./permissions.ts";
import type { Turn } from "./turn.ts";

/** What the recorder is called, so that everybody sees it (A-32, C-13). */
const USERNAME = "RECORDING" as Username;

/** What it may: nothing that anybody else may. */
const PERMISSIONS: readonly string[] = ["system"];

/** One group's recorder: a member without a connection, to which what is sent goes nowhere. */
interface Recorder {
  readonly group: Group;
  readonly member: Member;
  /** The flows that it has. */
  readonly publishers: Set<PublisherKey>;
}

/**
 * Which groups are recorded. Each of those has a recorder among its members,
 * which is given all flows that the members can have.
 */
export class Recorders {
  readonly #randomClient: () => string;
  readonly #recorders = new Map<GroupName, Recorder>();
  /** Sessions of recorders count down; those of connections, up. */
  #lastSession = 0;

  /** @param randomClient makes the id of a client; undefined: nothing records */
  constructor(randomClient: (() => string) | undefined) {
    this.#randomClient = randomClient ?? (() => "");
    this.isPossible = randomClient !== undefined;
  }

  /** Whether this server records. */
  readonly isPossible: boolean;

  /** How many groups are recorded. */
  get size(): number {
    return this.#recorders.size;
  }

  /** Begins to record a group. */
  start(group: Group, actor: Member, turn: Turn): void {
    const { name } = group.description;
    if (!this.isPossible) {
      return turn.sendError(actor, "this server does not record");
    }
    if (this.#recorders.has(name)) {
      return turn.sendError(actor, "already recording");
    }
    const member: Member = {
      session: --this.#lastSession as SessionId,
      client: this.#randomClient() as ClientId,
      username: USERNAME,
      address: "",
      isProgram: true,
      permissions: PERMISSIONS,
      data: {},
    };
    this.#recorders.set(name, { group, member, publishers: new Set() });
    enter(group, member, turn);
    turn.record({ kind: "prepare-recording", group: name });
  }

  /** Ends it, if it is recorded. */
  stop(group: Group, turn: Turn): void {
    const { name } = group.description;
    const recorder = this.#recorders.get(name);
    if (recorder === undefined) return;
    this.#recorders.delete(name);
    for (const publisher of recorder.publishers) {
      turn.record({ kind: "release-publisher", publisher });
    }
    exit(group, recorder.member, turn);
  }

  /** Ends all, as the server stops. */
  stopAll(turn: Turn): void {
    for (const { group } of [...this.#recorders.values()]) {
      this.stop(group, turn);
    }
  }

  /** Ends the recording whose recorder a member is, who is sent away. */
  stopIfRecorder(member: Member, turn: Turn): void {
    for (const recorder of [...this.#recorders.values()]) {
      if (recorder.member === member) this.stop(recorder.group, turn);
    }
  }

  /** Gives each recorder the flows that there are now. */
  poll(flows: readonly Flow[], turn: Turn): void {
    for (const [group, { publishers }] of this.#recorders) {
      const here = flows.filter((flow) =>
        flow.group === group && flow.state.kind === "pushed"
      );
      const keys = new Set(here.map(({ publisher }) => publisher));
      for (const publisher of publishers) {
        if (keys.has(publisher)) continue;
        publishers.delete(publisher);
        turn.record({ kind: "release-publisher", publisher });
      }
      for (const { publisher, username } of here) {
        if (publishers.has(publisher)) continue;
        publishers.add(publisher);
        turn.record({ kind: "record-publisher", publisher, group, username });
      }
    }
  }

  /** Tells the group's operators what the recorder says (C-11). */
  handle({ kind, group: name, text }: RecordingEvent, turn: Turn): void {
    const recorder = this.#recorders.get(name);
    if (recorder === undefined) return;
    const { group } = recorder;
    for (const member of group.members) {
      if (may(member, "moderate")) turn.sendWarning(member, text);
    }
    if (kind === "recording-failed") this.stop(group, turn);
  }
}
