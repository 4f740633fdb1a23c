import { BitReader } from "./bit_reader.ts";

/** Of 6 bits. */
const MAX_TEMPLATES = 64;
/** Of 5 bits, from 1. */
const MAX_TARGETS = 32;

/** Without what extends it, in bytes. */
const MANDATORY_SIZE = 3;

/** What a frame is to a decode target: it may switch to the target there. */
const SWITCH = 2;

/**
 * Reads dependency descriptors (AV1 RTP payload format, appendix A): of each
 * packet, to which layers its frame belongs. The frames refer to templates that
 * come with keyframes, and are kept.
 */
export class DependencyDescriptor {
  /** The packet is the first of its frame. */
  startsFrame = false;
  /** The packet is the last of its frame. */
  endsFrame = false;
  /** Of the frame: 16 bits, which count frames of all layers. */
  frameNumber = 0;
  /** Of the frame. */
  spatialLayer = 0;
  /** Of the frame. */
  temporalLayer = 0;
  /** A decoder that had less may take the frame's temporal layer from here on. */
  switchesUp = false;
  /** The width of the largest picture, if this packet says it; else 0. */
  width = 0;

  readonly #bits = new BitReader();
  #offset = 0;
  #templates = 0;
  #targets = 0;
  readonly #spatial = new Uint8Array(MAX_TEMPLATES);
  readonly #temporal = new Uint8Array(MAX_TEMPLATES);
  /** What each template is to each target. */
  readonly #indications = new Uint8Array(MAX_TEMPLATES * MAX_TARGETS);

  /**
   * Reads the extension's `size` bytes at `offset`. False if it is garbled, or
   * refers to templates that have not come; then the fields mean nothing.
   */
  parse(bytes: Uint8Array, offset: number, size: number): boolean {
    this.width = 0;
    if (size < MANDATORY_SIZE || offset + size > bytes.length) return false;
    const bits = this.#bits;
    bits.set(bytes, offset, size);
    this.startsFrame = bits.flag();
    this.endsFrame = bits.flag();
    const templateId = bits.read(6);
    this.frameNumber = bits.read(16);
    let hasOwnIndications = false;
    if (size > MANDATORY_SIZE) {
      const hasStructure = bits.flag();
      const hasActiveTargets = bits.flag();
      hasOwnIndications = bits.flag();
      bits.read(2); // Own differences, and chains: after all that is read here.
      if (hasStructure && !this.#parseStructure()) return this.#forget();
      if (hasActiveTargets) {
        for (let target = 0; target < this.#targets; target++) bits.read(1);
      }
    }
    const index = (templateId + MAX_TEMPLATES - this.#offset) % MAX_TEMPLATES;
    if (index >= this.#templates) return false;
    this.spatialLayer = this.#spatial[index]!;
    this.temporalLayer = this.#temporal[index]!;
    this.switchesUp = this.#isSwitch(index, hasOwnIndications);
    return !bits.isPastEnd;
  }

  /** Forgets the templates: the source is another one. */
  clear(): void {
    this.#templates = 0;
    this.#targets = 0;
  }

  #forget(): false {
    this.clear();
    return false;
  }

  #isSwitch(template: number, hasOwnIndications: boolean): boolean {
    let found = false;
    for (let target = 0; target < this.#targets; target++) {
      const indication = hasOwnIndications
        ? this.#bits.read(2)
        : this.#indications[template * MAX_TARGETS + target];
      if (indication === SWITCH) found = true;
    }
    return found;
  }

  #parseStructure(): boolean {
    const bits = this.#bits;
    this.#offset = bits.read(6);
    this.#targets = bits.read(5) + 1;
    if (!this.#parseLayers()) return false;
    for (let template = 0; template < this.#templates; template++) {
      for (let target = 0; target < this.#targets; target++) {
        this.#indications[template * MAX_TARGETS + target] = bits.read(2);
      }
    }
    for (let template = 0; template < this.#templates; template++) {
      while (bits.flag()) bits.read(4);
    }
    this.#skipChains();
    if (bits.flag()) {
      const spatialLayers = this.#spatial[this.#templates - 1]! + 1;
      for (let layer = 0; layer < spatialLayers; layer++) {
        this.width = bits.read(16) + 1;
        bits.read(16);
      }
    }
    return !bits.isPastEnd;
  }

  #parseLayers(): boolean {
    const bits = this.#bits;
    let spatial = 0;
    let temporal = 0;
    for (let template = 0; template < MAX_TEMPLATES; template++) {
      this.#spatial[template] = spatial;
      this.#temporal[template] = temporal;
      this.#templates = template + 1;
      const next = bits.read(2);
      if (next === 3) return !bits.isPastEnd;
      if (next === 1) temporal++;
      if (next === 2) {
        temporal = 0;
        spatial++;
      }
      if (bits.isPastEnd || spatial > 7 || temporal > 7) return false;
    }
    return false;
  }

  #skipChains(): void {
    const bits = this.#bits;
    const chains = bits.below(this.#targets + 1);
    if (chains === 0) return;
    for (let target = 0; target < this.#targets; target++) bits.below(chains);
    for (let count = this.#templates * chains; count > 0; count--) bits.read(4);
  }
}
