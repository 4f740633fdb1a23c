/**
 * How long a chat message is under way while media loads all cores, at several
 * loads. Prints one line of JSON.
 *
 * @module
 */
import { openLoadContext } from "./load_peer.ts";
import { measureChat } from "./measure_chat.ts";

/** The last ones are more than is carried. */
const EXTENT = { viewers: 60, loads: [0, 1, 4, 16], seconds: 5 };

if (import.meta.main) {
  const context = await openLoadContext();
  console.log(JSON.stringify(await measureChat(EXTENT, context)));
  Deno.exit(0);
}
