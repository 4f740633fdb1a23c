/** What a track wants of its viewer's path. */
export interface Claim {
  /** Sound comes first, then screens, then cameras. */
  readonly kind: "sound" | "screen" | "camera";
  /** Of two cameras, who has more gets more: the size of its tile, say. */
  readonly weight: number;
  /**
   * What its layers take, each with those below it, in bit/s: the lowest first.
   * Those of sound are redundancy.
   */
  readonly layersBps: readonly number[];
  /** Whether its publisher can also send at any rate above the lowest. */
  readonly elastic: boolean;
  /** What it was granted before. */
  readonly grantedBps: number;
}

/**
 * By how much more than it takes there has to be before a layer comes back, or
 * a picture that was left out. Lower comes back sooner, and goes again; higher
 * leaves more of the path unused.
 */
const UP_MARGIN = 1.15;
const RETURN_MARGIN = 1.25;

/**
 * The first picture is shown as long as the path carries so much of it, as there
 * is nothing better to do with it.
 */
const LAST_RESORT = 0.8;

/**
 * Of the path, for sound with redundancy. Where more would be used, what is lost
 * is lost because too much is sent. Higher repairs more of what a narrow and bad
 * path loses; lower leaves it more pictures.
 */
const SOUND_SHARE = 0.4;

/** How closely a fair share is found: to this power of one half. */
const LEVEL_STEPS = 30;

/** What a path carries. */
export interface PathRate {
  /** What may be sent now, in bit/s. */
  readonly nowBps: number;
  /**
   * In the long run, which may be more: nothing is to go because a queue is
   * being emptied, or because of chance loss.
   */
  readonly sustainedBps: number;
  /**
   * Whether it has been seen to drop what it does not carry. Else it may carry
   * more than is thought, and nothing is left out.
   */
  readonly overflows: boolean;
  /** Whether a picture that was left out is to be tried again though it is too much. */
  readonly mayTry?: boolean;
}

/**
 * Shares out what a viewer's path carries. Sound gets what it takes, and
 * redundancy if that is not too much. Every picture gets its lowest layer before
 * any gets more; those for which that is too much get 0, from the end of the
 * order: screens, then cameras by weight. What is left goes to screens, and then
 * to cameras in proportion to their weights, as far as they have a use for it.
 *
 * @returns what each may use, in bit/s, in the order given
 */
export function shareRate(
  { nowBps, sustainedBps, overflows, mayTry = false }: PathRate,
  claims: readonly Claim[],
): number[] {
  const grants = grantSound(sustainedBps, claims);
  const sound = grants.reduce((all, bps) => all + bps, 0);
  const pool = new Pool(claims, grants, sustainedBps - sound);
  const screens = pool.order("screen");
  const cameras = pool.order("camera");
  pool.grantLowest([...screens, ...cameras], overflows, mayTry);
  pool.keepBack(sustainedBps - nowBps);
  pool.grantShares(screens);
  pool.grantShares(cameras);
  pool.grantRest([...screens, ...cameras]);
  return grants;
}

/** Grants to sound, which all has the same number of layers; 0 to all else. */
function grantSound(pathBps: number, claims: readonly Claim[]): number[] {
  const upTo = (layer: number) =>
    claims.map(({ kind, layersBps }) =>
      kind === "sound"
        ? layersBps[Math.min(layer, layersBps.length - 1)] ?? 0
        : 0
    );
  const highest = Math.max(
    0,
    ...claims.map(({ kind, layersBps }) =>
      kind === "sound" ? layersBps.length - 1 : 0
    ),
  );
  for (let layer = highest; layer > 0; layer--) {
    const grants = upTo(layer);
    const sum = grants.reduce((all, bps) => all + bps, 0);
    if (sum <= pathBps * SOUND_SHARE) return grants;
  }
  return upTo(0);
}

/** What is left of the path, and what has been granted. */
class Pool {
  readonly #claims: readonly Claim[];
  readonly #grants: number[];
  #leftBps: number;

  constructor(claims: readonly Claim[], grants: number[], leftBps: number) {
    this.#claims = claims;
    this.#grants = grants;
    this.#leftBps = leftBps;
  }

  /** The claims of a kind, by number, the weightiest first. */
  order(kind: Claim["kind"]): number[] {
    return [...this.#claims.keys()]
      .filter((index) => this.#claim(index).kind === kind)
      .sort((a, b) => this.#claim(b).weight - this.#claim(a).weight);
  }

  /**
   * @param mustFit whether to leave out what was shown and does not fit
   * @param mayTry whether the first that was left out comes back in any case
   */
  grantLowest(
    order: readonly number[],
    mustFit: boolean,
    mayTry: boolean,
  ): void {
    // Who comes later must not get in where who came before did not.
    let isFull = false;
    for (const [place, index] of order.entries()) {
      const { layersBps, grantedBps } = this.#claim(index);
      const lowest = layersBps[0] ?? 0;
      const isShown = grantedBps > 0;
      const isEnough = this.#leftBps >= lowest * (isShown ? 1 : RETURN_MARGIN);
      const isLast = place === 0 && this.#leftBps >= lowest * LAST_RESORT;
      const isSpared = isShown ? !mustFit : mayTry;
      if (!isSpared && (isFull || !isEnough && !isLast)) {
        isFull = true;
        continue;
      }
      if (!isShown) mayTry = false;
      this.#raise(index, lowest);
    }
  }

  /** That is not to be used now. */
  keepBack(bps: number): void {
    this.#leftBps -= bps;
  }

  /** Raises each towards its fair share, but not above what it has a use for. */
  grantShares(order: readonly number[]): void {
    const shown = order.filter((index) => this.#grants[index]! > 0);
    const level = this.#fairLevel(shown);
    for (const index of shown) {
      const claim = this.#claim(index);
      const share = Math.min(level * claim.weight, highestOf(claim));
      this.#raise(index, claim.elastic ? share : this.#step(index, share));
    }
    // What was rounded down to a layer may be enough for another's next one.
    for (const index of shown) {
      if (this.#claim(index).elastic) continue;
      this.#raise(index, this.#step(index, this.#grants[index]! + this.#left));
    }
  }

  /** Nobody is known to have a use for it, but those who follow may yet. */
  grantRest(order: readonly number[]): void {
    const elastic = order.filter((index) =>
      this.#claim(index).elastic && this.#grants[index]! > 0
    );
    const weights = elastic.reduce(
      (sum, index) => sum + this.#claim(index).weight,
      0,
    );
    const each = this.#left / weights;
    for (const index of elastic) {
      this.#grants[index]! += each * this.#claim(index).weight;
    }
  }

  get #left(): number {
    return Math.max(0, this.#leftBps);
  }

  #claim(index: number): Claim {
    return this.#claims[index]!;
  }

  #raise(index: number, bps: number): void {
    const more = bps - this.#grants[index]!;
    if (more <= 0) return;
    this.#grants[index]! += more;
    this.#leftBps -= more;
  }

  /** The rate per weight at which these claims together take all that is left. */
  #fairLevel(shown: readonly number[]): number {
    const granted = shown.reduce((sum, index) => sum + this.#grants[index]!, 0);
    const available = this.#left + granted;
    const taken = (level: number) =>
      shown.reduce((sum, index) => {
        const claim = this.#claim(index);
        const share = Math.min(level * claim.weight, highestOf(claim));
        return sum + Math.max(share, this.#grants[index]!);
      }, 0);
    let low = 0;
    let high = Math.max(
      0,
      ...shown.map((i) => highestOf(this.#claim(i)) / this.#claim(i).weight),
    );
    if (taken(high) <= available) return high;
    for (let step = 0; step < LEVEL_STEPS; step++) {
      const middle = (low + high) / 2;
      if (taken(middle) <= available) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The highest layer that fits; one that it has not had needs some more. */
  #step(index: number, mostBps: number): number {
    const { layersBps, grantedBps } = this.#claim(index);
    let fits = this.#grants[index]!;
    for (const bps of layersBps) {
      const margin = bps <= grantedBps * UP_MARGIN ? 1 : UP_MARGIN;
      if (bps * margin <= mostBps) fits = Math.max(fits, bps);
    }
    return fits;
  }
}

function highestOf({ layersBps }: Claim): number {
  return layersBps.at(-1) ?? 0;
}
