import { after, type Instant } from "../lib/time.ts";
import type { FlowId, GroupName } from "../protocol/ids.ts";
import type { ServerSpeaking } from "../protocol/server_message.ts";
import type { Flow } from "./flow.ts";

/**
 * How often members of a group hear at most of who speaks, in milliseconds.
 * Lower follows sooner; higher spares large groups messages where many talk.
 */
export const SPEAKERS_INTERVAL_MS = 200;

/** How many are told of at most: where more talk, nobody is understood. */
export const MAX_SPEAKERS = 8;

const NOBODY: ServerSpeaking = { type: "speaking", flows: [] };

/** What the members of a group have been told of who speaks. */
interface Told {
  readonly message: ServerSpeaking;
  readonly at: Instant;
}

/** Knows in which flows somebody speaks, and who has to hear of that. */
export class Speakers {
  /** Of groups in which somebody speaks, or has just ended. */
  readonly #told = new Map<GroupName, Told>();

  /** What a group was told last. */
  messageFor(group: GroupName): ServerSpeaking {
    return this.#told.get(group)?.message ?? NOBODY;
  }

  /**
   * What to tell now, by group: where it is not what was told before.
   *
   * @param flows all that there are
   */
  poll(
    flows: readonly Flow[],
    now: Instant,
  ): ReadonlyMap<GroupName, ServerSpeaking> {
    const speaking = this.#collect(flows);
    const changed = new Map<GroupName, ServerSpeaking>();
    for (const group of new Set([...this.#told.keys(), ...speaking.keys()])) {
      const told = this.#told.get(group);
      const ids = speaking.get(group) ?? [];
      if (isSame(ids, told?.message.flows ?? [])) {
        if (ids.length === 0) this.#told.delete(group);
        continue;
      }
      if (told && now < after(told.at, SPEAKERS_INTERVAL_MS)) continue;
      const message: ServerSpeaking = { type: "speaking", flows: ids };
      this.#told.set(group, { message, at: now });
      changed.set(group, message);
    }
    return changed;
  }

  /** Those who were told of stay in their place; others come behind them. */
  #collect(flows: readonly Flow[]): Map<GroupName, FlowId[]> {
    const speaking = new Map<GroupName, FlowId[]>();
    for (const { id, group, state, speaking: speaks } of flows) {
      if (!speaks || state.kind !== "pushed") continue;
      const ids = speaking.get(group);
      if (ids === undefined) speaking.set(group, [id]);
      else ids.push(id);
    }
    for (const [group, ids] of speaking) {
      const told = this.messageFor(group).flows;
      const here = new Set(ids);
      const stayed = told.filter((id) => here.has(id));
      const come = ids.filter((id) => !told.includes(id));
      speaking.set(group, [...stayed, ...come].slice(0, MAX_SPEAKERS));
    }
    return speaking;
  }
}

function isSame(a: readonly FlowId[], b: readonly FlowId[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
