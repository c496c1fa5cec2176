// What is done with each application segment and comment, by its marker and the identifier its body begins with.
// Rows that are kept are rewritten from what was read of them; everything that matches no row is dropped.
import { startsWith } from '../../bytes/text.ts';
import { GAIN_MAP_IDENTIFIER } from '../../containers/jpeg/gain-map-metadata.ts';
import { Marker, nameMarker } from '../../containers/jpeg/marker.ts';
import { MPF_IDENTIFIER } from '../../containers/jpeg/multi-picture.ts';
import type { FindingKind } from '../../core/report.ts';

/** What a segment is carried over as. */
export type SegmentUse = 'jfif' | 'exif' | 'icc' | 'adobe' | 'gain-map' | 'drop';

/** A row of the policy table. */
export interface SegmentRule {
  marker: number;
  /** The body's first characters. */
  identifier: string;
  use: SegmentUse;
  /** The name that goes into a finding's trail. */
  name: string;
  kind: FindingKind;
}

const { APP0, APP1, APP2, APP13, APP14, COM } = Marker;
const [APP3, APP4, APP5, APP6, APP7, APP8, APP9, APP10, APP11, APP12] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(
  (number) => Marker.APP0 + number,
) as [number, number, number, number, number, number, number, number, number, number];

const drop = (marker: number, identifier: string, name: string, kind: FindingKind): SegmentRule => ({
  marker,
  identifier,
  use: 'drop',
  name,
  kind,
});

const rules: readonly SegmentRule[] = [
  // T.871 §10.1: says that samples are YCbCr, and the pixel aspect ratio.
  { marker: APP0, identifier: 'JFIF\0', use: 'jfif', name: 'JFIF', kind: 'structure' },
  // CIPA DC-008: the orientation and the Adobe RGB mark are obeyed by decoders.
  { marker: APP1, identifier: 'Exif\0', use: 'exif', name: 'Exif', kind: 'other' },
  // ICC.1 Annex B.4: the meaning of the colours.
  { marker: APP2, identifier: 'ICC_PROFILE\0', use: 'icc', name: 'ICC profile', kind: 'color-profile' },
  // T.872 §6.5.3: the colour transform.
  { marker: APP14, identifier: 'Adobe', use: 'adobe', name: 'Adobe', kind: 'structure' },
  // Adobe Gain map 1.0 and Google GContainer, ISO 21496-1, CIPA DC-007: where the gain map is and how it is applied; all else
  // that they say goes, and without a gain map they go whole.
  { marker: APP1, identifier: 'http://ns.adobe.com/xap/1.0/\0', use: 'gain-map', name: 'XMP', kind: 'history' },
  { marker: APP2, identifier: GAIN_MAP_IDENTIFIER, use: 'gain-map', name: 'gain map metadata', kind: 'structure' },
  { marker: APP2, identifier: MPF_IDENTIFIER, use: 'gain-map', name: 'MPF', kind: 'structure' },
  // All rows below only give a dropped segment its name.
  drop(APP0, 'JFXX\0', 'JFXX', 'thumbnail'),
  drop(APP0, 'AVI1', 'AVI1', 'structure'),
  drop(APP1, 'http://ns.adobe.com/xmp/extension/\0', 'Extended XMP', 'embedded-file'),
  drop(APP1, 'FLIR\0', 'FLIR', 'device'),
  drop(APP1, 'QVCI\0', 'Casio', 'device'),
  drop(APP1, 'PARROT\0', 'Parrot', 'device'),
  drop(APP2, 'FPXR\0', 'FlashPix', 'other'),
  drop(APP3, 'Meta', 'Kodak Meta', 'device'),
  drop(APP3, 'Stim\0', 'stereo', 'structure'),
  drop(APP3, '_JPSJPS_', 'stereo', 'structure'),
  drop(APP4, 'SCALADO', 'Scalado', 'software'),
  drop(APP4, 'FPXR\0', 'FlashPix', 'other'),
  drop(APP5, 'RMETA', 'Ricoh', 'device'),
  drop(APP5, 'ssuniqueid\0', 'Samsung unique id', 'identifier'),
  drop(APP6, 'GoPro', 'GoPro', 'location'),
  drop(APP6, 'EPPIM', 'EPPIM', 'device'),
  drop(APP6, 'MMIMETA', 'Motorola', 'device'),
  drop(APP7, '', 'maker', 'device'),
  drop(APP8, 'SPIFF\0', 'SPIFF', 'structure'),
  drop(APP8, 'SEAL', 'SEAL', 'provenance'),
  drop(APP9, 'Media Jukebox', 'Media Jukebox', 'software'),
  drop(APP10, 'UNICODE', 'comment', 'comment'),
  drop(APP10, 'AROT', 'HDR gain curve', 'other'),
  drop(APP11, 'JP', 'JUMBF', 'provenance'),
  drop(APP11, 'HDR_RI', 'JPEG-HDR ratio image', 'other'),
  drop(APP12, 'Ducky', 'Ducky', 'comment'),
  drop(APP12, '', 'picture info', 'device'),
  drop(APP13, 'Photoshop 3.0\0', 'Photoshop', 'history'),
  drop(COM, '', '', 'comment'),
];

/** The rule for a segment of which at least the first bytes are given. */
export function ruleFor(marker: number, body: Uint8Array): SegmentRule {
  const rule = rules.find((row) => row.marker === marker && startsWith(body, row.identifier));
  return rule ?? drop(marker, '', '', 'other');
}

/** The trail of a segment: `APP1 › Exif`. */
export function nameSegment({ marker, name }: SegmentRule): string {
  return name === '' ? nameMarker(marker) : `${nameMarker(marker)} › ${name}`;
}

/** How many bytes of a body tell the rule: the longest identifier. */
export const IDENTIFIER_LENGTH: number = Math.max(...rules.map(({ identifier }) => identifier.length));
