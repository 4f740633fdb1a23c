import { openLoadContext } from "./load_peer.ts";
import { measureViewers } from "./tmp_viewers.ts";
const c = await openLoadContext();
console.log(JSON.stringify(await measureViewers({ viewers: 400, rounds: 5, seconds: 2, warmUpSeconds: 8 }, c)));
Deno.exit(0);
