// What the objects of an ASF file are, and what becomes of them. Those in no table are dropped.
import { Guid } from '../../containers/asf.ts';
import type { FindingKind } from '../../core/report.ts';

/** Objects that only encrypted files have. */
export const encryption: ReadonlyMap<string, string> = new Map([
  ['2211b3fb-bd23-11d2-b4b7-00a0c955fc6e', 'Content Encryption Object'],
  ['298ae614-2622-4c17-b935-dae07ee9289c', 'Extended Content Encryption Object'],
  ['43058533-6981-49e6-9b74-ad12cb86d58c', 'Advanced Content Encryption Object'],
]);

/** Objects that are dropped: their names and what they tell. */
export const dropped: ReadonlyMap<string, { name: string; kind: FindingKind }> = new Map<
  string,
  { name: string; kind: FindingKind }
>([
  [Guid.contentDescription, { name: 'Content Description Object', kind: 'author' }],
  ['d2d0a440-e307-11d2-97f0-00a0c95ea850', { name: 'Extended Content Description Object', kind: 'comment' }],
  ['c5f8cbea-5baf-4877-8467-aa8c44fa4cca', { name: 'Metadata Object', kind: 'other' }],
  ['44231c94-9498-49d1-a141-1d134e457054', { name: 'Metadata Library Object', kind: 'other' }],
  ['86d15240-311d-11d0-a3a4-00a0c90348f6', { name: 'Codec List Object', kind: 'software' }],
  // Commands can open pages of the web while the sound plays.
  ['1efb1a30-0b62-11d0-a39b-00a0c90348f6', { name: 'Script Command Object', kind: 'other' }],
  ['f487cd01-a951-11cf-8ee6-00c00c205365', { name: 'Marker Object', kind: 'comment' }],
  ['2211b3fa-bd23-11d2-b4b7-00a0c955fc6e', { name: 'Content Branding Object', kind: 'thumbnail' }],
  ['2211b3fc-bd23-11d2-b4b7-00a0c955fc6e', { name: 'Digital Signature Object', kind: 'provenance' }],
  ['1806d474-cadf-4509-a4ba-9aabcb96aae8', { name: 'Padding Object', kind: 'structure' }],
  ['7bf875ce-468d-11d1-8d82-006097c9a2b2', { name: 'Stream Bitrate Properties Object', kind: 'structure' }],
  ['75b22635-668e-11cf-a6d9-00aa0062ce6c', { name: 'Error Correction Object', kind: 'structure' }],
  ['d6e229dc-35da-11d1-9034-00a0c90349be', { name: 'Bitrate Mutual Exclusion Object', kind: 'structure' }],
  [Guid.extendedStreamProperties, { name: 'Extended Stream Properties Object', kind: 'structure' }],
  ['7c4346a9-efe0-4bfc-b229-393ede415c85', { name: 'Language List Object', kind: 'location' }],
  ['d9aade20-7c17-4f9c-bc28-8555dd98e2a2', { name: 'Index Parameters Placeholder Object', kind: 'structure' }],
  ['26f18b5d-4584-47ec-9f5f-0e651f0452c9', { name: 'Compatibility Object', kind: 'structure' }],
  ['be7acfcb-97a9-42e8-9c71-999491e3afac', { name: 'XMP', kind: 'other' }],
  ['33000890-e5b1-11cf-89f4-00a0c90349cb', { name: 'Simple Index Object', kind: 'structure' }],
  ['d6e229d3-35da-11d1-9034-00a0c90349be', { name: 'Index Object', kind: 'structure' }],
]);

/** Codings of sound that decoders play, by format tag of WAVEFORMATEX. Others could carry anything. */
export const formatTags: readonly number[] = [
  // PCM, floating point, A-law, µ-law, Windows Media Audio Voice, MPEG audio, MP3, AAC.
  ...[0x01, 0x03, 0x06, 0x07, 0x0a, 0x0b, 0x50, 0x55, 0xff],
  // Windows Media Audio 1, 2, Professional, Lossless, over S/PDIF; AC-3.
  ...[0x160, 0x161, 0x162, 0x163, 0x164, 0x2000],
];
