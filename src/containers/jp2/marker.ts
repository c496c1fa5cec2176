// Marker segments of a JPEG 2000 codestream (ISO/IEC 15444-1:2019 Annex A; -2 Annex A for the arrays; -15 for CAP and CPF).

/** Codes of markers. */
export const Marker = {
  SOC: 0xff4f,
  CAP: 0xff50,
  SIZ: 0xff51,
  COD: 0xff52,
  COC: 0xff53,
  TLM: 0xff55,
  PRF: 0xff56,
  PLM: 0xff57,
  PLT: 0xff58,
  CPF: 0xff59,
  QCD: 0xff5c,
  QCC: 0xff5d,
  RGN: 0xff5e,
  POC: 0xff5f,
  PPM: 0xff60,
  PPT: 0xff61,
  CRG: 0xff63,
  COM: 0xff64,
  MCT: 0xff74,
  MCC: 0xff75,
  MCO: 0xff77,
  CBD: 0xff78,
  SOT: 0xff90,
  SOP: 0xff91,
  SOD: 0xff93,
  EOC: 0xffd9,
} as const;

/** Name of a marker, for trails: `COD`, `FF7F`. */
export function nameMarker(code: number): string {
  const name = Object.entries(Marker).find(([, other]) => other === code)?.[0];
  return name ?? code.toString(16).toUpperCase();
}

/** Markers without a length behind them (§A.1.2). */
export function standsAlone(code: number): boolean {
  return code >= 0xff30 && code <= 0xff3f;
}

/** What the SIZ segment says (§A.5.1). */
export interface ImageSize {
  components: number;
  tiles: number;
}

/** Up to the fields of the components, from the marker on. */
export const SIZ_HEADER_LENGTH = 40;

/** Reads a SIZ segment from its marker on; nothing where it makes no sense. */
export function readImageSize(segment: Uint8Array): ImageSize | undefined {
  if (segment.length < SIZ_HEADER_LENGTH) return undefined;
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length);
  const components = view.getUint16(38);
  const count = (extent: number, tile: number, origin: number): number =>
    Math.ceil((view.getUint32(extent) - view.getUint32(origin)) / view.getUint32(tile));
  const tiles = count(6, 22, 30) * count(10, 26, 34);
  // 16384 components and 65535 tiles at most.
  if (components === 0 || components > 16384 || !(tiles >= 1 && tiles <= 65535)) return undefined;
  return { components, tiles };
}

/** Steps of quantisation for 32 levels of decomposition, three bands each, and the lowest band. */
const MAX_STEPS = 97;

/**
 * Length in bytes of a segment from its marker on, as far as its fields reach: what is behind them no decoder reads.
 * More than the segment has: it is damaged. For those that are as long as they say, all of it.
 */
export function usedLength(code: number, segment: Uint8Array, components: number): number {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length);
  const u8 = (at: number): number => (at < segment.length ? view.getUint8(at) : 0);
  /** Component numbers take two bytes where there are more than 256. */
  const wide = components < 257 ? 1 : 2;
  const precincts = (style: number, levels: number): number => (style & 1 ? levels + 1 : 0);
  switch (code) {
    case Marker.SIZ:
      return SIZ_HEADER_LENGTH + 3 * components;
    case Marker.COD:
      return 14 + precincts(u8(4), u8(9));
    case Marker.COC:
      return 10 + wide + precincts(u8(4 + wide), u8(5 + wide));
    case Marker.QCD:
      return Math.min(segment.length, 5 + 2 * MAX_STEPS);
    case Marker.QCC:
      return Math.min(segment.length, 5 + wide + 2 * MAX_STEPS);
    case Marker.RGN:
      return 6 + wide;
    case Marker.POC: {
      const entry = 5 + 2 * wide;
      return 4 + Math.floor((segment.length - 4) / entry) * entry;
    }
    case Marker.CRG:
      return 4 + 4 * components;
    case Marker.CAP: {
      let length = 8;
      if (segment.length >= length) for (let bits = view.getUint32(4); bits !== 0; bits &= bits - 1) length += 2;
      return length;
    }
    default:
      return segment.length;
  }
}
