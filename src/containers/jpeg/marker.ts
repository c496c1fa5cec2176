// JPEG markers: FF and a code (ITU-T T.81 | ISO 10918-1, Table B.1).

/** Marker codes, without the FF in front. */
export const Marker = {
  TEM: 0x01,
  SOF0: 0xc0,
  SOF1: 0xc1,
  SOF2: 0xc2,
  SOF3: 0xc3,
  DHT: 0xc4,
  JPG: 0xc8,
  SOF9: 0xc9,
  SOF10: 0xca,
  DAC: 0xcc,
  RST0: 0xd0,
  RST7: 0xd7,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DNL: 0xdc,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP2: 0xe2,
  APP13: 0xed,
  APP14: 0xee,
  APP15: 0xef,
  COM: 0xfe,
} as const;

const names: ReadonlyMap<number, string> = new Map(Object.entries(Marker).map(([name, code]) => [code, name]));

/** The marker's name as the standard prints it: `APP1`, `SOF5`, or `FF02` for a reserved code. */
export function nameMarker(code: number): string {
  const name = names.get(code);
  if (name !== undefined) return name;
  if (code >= Marker.APP0 && code <= Marker.APP15) return `APP${code - Marker.APP0}`;
  if (code >= Marker.SOF0 && code <= 0xcf) return `SOF${code - Marker.SOF0}`;
  if (code > Marker.RST0 && code < Marker.RST7) return `RST${code - Marker.RST0}`;
  return `FF${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A marker segment: marker, the length that counts itself, body (T.81 §B.1.1.4). */
export function writeSegment(marker: number, ...body: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  let length = 2;
  for (const part of body) length += part.length;
  const segment = new Uint8Array(2 + length);
  segment.set([0xff, marker, length >> 8, length & 0xff]);
  let at = 4;
  for (const part of body) {
    segment.set(part, at);
    at += part.length;
  }
  return segment;
}
