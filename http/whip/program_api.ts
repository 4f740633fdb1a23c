import type { Endpoint } from "./endpoint.ts";
import { createWhepApi, type WhepParts } from "./whep_api.ts";
import { createWhipApi } from "./whip_api.ts";

/** What is below a group's page for programs: WHIP and WHEP. */
export function createProgramApi(parts: WhepParts): Endpoint {
  const whip = createWhipApi(parts);
  const whep = createWhepApi(parts);
  return (asked) => asked.path.command === ".whep" ? whep(asked) : whip(asked);
}
