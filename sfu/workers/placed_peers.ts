import type {
  MediaCommand,
  Negotiation,
  PlaneEvent,
  PublisherKey,
  ViewerKey,
} from "../../protocol/media_plane.ts";

/** A publisher, as far as the main thread has to know it. */
export interface Publisher {
  /** The command with which signalling opened it. */
  readonly opening: MediaCommand & { readonly kind: "open-publisher" };
  /** `undefined` once its worker is dead, until its owner offers anew. */
  worker: number | undefined;
  /** The latest offer, until its worker has answered it. */
  pending: Negotiation | undefined;
  /** Whether its worker has taken it: then a refusal changes nothing. */
  taken: boolean;
  /** Offers that are not answered yet. */
  readonly offers: Map<Negotiation, string>;
  /** The latest that its worker has accepted. */
  accepted: string;
  /** Which of its tracks deliver, as was told last. */
  told: PlaneEvent & { readonly kind: "publisher-tracks" } | undefined;
}

/** A subscriber, as far as the main thread has to know it. */
export interface Subscriber {
  readonly publisher: PublisherKey;
  readonly viewer: ViewerKey;
  /** `undefined` once its worker is dead. */
  worker: number | undefined;
  negotiation: Negotiation;
}
