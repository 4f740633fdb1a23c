import { OfferExchange } from "../../sfu/sdp/offer_exchange.ts";
import { SdpError } from "../../sfu/sdp/sdp_error.ts";
import { HttpProblem } from "../api/http_problem.ts";
import { chooseFlow, type PlayableFlow } from "./choose_flow.ts";
import {
  createEndpoint,
  type Endpoint,
  type EndpointParts,
} from "./endpoint.ts";
import { PlayerClient } from "./player_client.ts";
import { ProgramSessions } from "./program_sessions.ts";

/** What {@linkcode createWhepApi} needs. */
export interface WhepParts extends EndpointParts {
  /** What can be played in a group now, the oldest first. */
  readonly flowsIn: (group: string) => readonly PlayableFlow[];
}

/** When to ask again for a flow that is not there, in seconds. */
const RETRY_AFTER_S = "5";

/** Lets programs play a group's flows by WHEP (draft-ietf-wish-whep). */
export function createWhepApi(parts: WhepParts): Endpoint {
  const createClient = (
    client: ConstructorParameters<typeof PlayerClient>[0],
  ) => new PlayerClient(client);
  return createEndpoint(parts, {
    command: ".whep",
    username: "whep",
    sessions: new ProgramSessions({ ...parts, createClient }),
    answersGet: true,
    requiresIfMatch: true,
    async start(client, offer, { group, url }) {
      const exchange = toExchange(offer);
      const wish = {
        label: url.searchParams.get("label") ?? undefined,
        username: url.searchParams.get("user") ?? undefined,
      };
      const flow = chooseFlow(parts.flowsIn(group), wish);
      if (flow === undefined) {
        const text = "Nobody sends that at the moment";
        throw new HttpProblem(409, text, { "Retry-After": RETRY_AFTER_S });
      }
      const outcome = await client.play(flow.id, exchange);
      if (outcome.kind !== "refused") return outcome;
      throw new HttpProblem(406, outcome.text);
    },
    credentials: (client) => client.credentials,
    restart: (client, credentials) => client.restart(credentials),
  });
}

/** @throws {HttpProblem} 400 if it is not the offer of a player */
function toExchange(offer: string): OfferExchange {
  try {
    return new OfferExchange(offer);
  } catch (error) {
    if (!(error instanceof SdpError)) throw error;
    throw new HttpProblem(400, error.message);
  }
}
