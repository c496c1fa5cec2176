// What a file of sound tracks holds, and what becomes of it. Whatever is in none of these tables is dropped, or refused where
// that can't be promised to change nothing: a coding that is not known may carry anything.
import type { FindingKind } from '../../core/report.ts';

/** Files of sound have one of these brands in front (ISO/IEC 14496-12 §4.3, annex E). Pictures in boxes have others. */
export const brands: readonly string[] = [
  ...['M4A ', 'M4A\0', 'M4B ', 'M4P ', 'M4V ', 'M4VP', 'M4VH', 'F4A ', 'F4B ', 'F4V ', 'F4P ', 'f4v '],
  ...['isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'iso7', 'iso8', 'iso9', 'mp41', 'mp42', 'mp71', 'avc1'],
  ...['dash', 'cmfc', 'cmf2', 'msdh', 'msix', 'dby1', 'MSNV', 'XAVC', 'qt  ', 'aax ', 'aaxc', 'mmp4', 'ndsc'],
  ...['3gp1', '3gp2', '3gp3', '3gp4', '3gp5', '3gp6', '3gp7', '3gp8', '3gp9', '3gr6', '3gs6', '3ge6', '3gg6'],
  ...['3g2a', '3g2b', '3g2c', 'kddi'],
];

/** QuickTime files without a brand begin with one of these (QTFF, "Movie Atoms"). */
export const firstBoxes: readonly string[] = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'];

/** Boxes at the top of a file that are dropped, and what they tell. Readers skip those that they do not know. */
export const topBoxes: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  // Old bytes often lie in free space.
  ['free', 'structure'],
  ['skip', 'structure'],
  ['wide', 'structure'],
  ['pnot', 'thumbnail'],
  ['PICT', 'thumbnail'],
  ['meta', 'other'],
  // Indexes of fragments, which are fragments no more.
  ['sidx', 'structure'],
  ['ssix', 'structure'],
  ['mfra', 'structure'],
  ['styp', 'structure'],
  ['pdin', 'structure'],
  // Wall-clock time of the producer (§8.16.5).
  ['prft', 'time'],
  ['emsg', 'other'],
]);

/** `uuid` boxes by their GUID. */
export const uuids: ReadonlyMap<string, { name: string; kind: FindingKind }> = new Map<
  string,
  { name: string; kind: FindingKind }
>([
  ['be7acfcb97a942e89c71999491e3afac', { name: 'XMP', kind: 'other' }],
  ['d8fec3d61b0e483c92975828877ec481', { name: 'C2PA', kind: 'provenance' }],
]);

/** Tracks that are dropped with their samples, by handler, and what they tell. */
export const droppedTracks: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  // Chapter titles, lyrics of old kind: no player shows them while sound plays.
  ['text', 'comment'],
  ['meta', 'location'],
  ['tmcd', 'time'],
  ['hint', 'structure'],
  // Scenes and objects of MPEG-4 systems, which no player uses.
  ['odsm', 'structure'],
  ['sdsm', 'structure'],
]);

/** Tracks that show text in time: content which is not cleaned here. */
export const subtitleHandlers: readonly string[] = ['sbtl', 'subt', 'subp', 'clcp'];

/** Codings of pictures that stand alone: a track with one of them is a cover. */
export const stillCodings: readonly string[] = ['jpeg', 'png ', 'mjp2'];

/** Codings of sound that decoders play (ISO/IEC 14496-12 annex; QTFF, "Sound Sample Descriptions"). */
export const codings: readonly string[] = [
  ...['mp4a', 'alac', 'fLaC', 'Opus', 'ac-3', 'ec-3', 'ac-4', 'samr', 'sawb', 'sawp', '.mp3', 'mp3 ', 'ms\0U'],
  ...['dtsc', 'dtsh', 'dtsl', 'dtse', 'lpcm', 'ipcm', 'fpcm', 'sowt', 'twos', 'raw ', 'NONE', 'in24', 'in32'],
  ...['fl32', 'fl64', 'ulaw', 'alaw', 'ima4', 'MAC3', 'MAC6'],
];

/** Sound that only its buyer's player can read. */
export const encryptedCodings: readonly string[] = ['enca', 'drms', 'aavd', 'p608'];

/** Boxes that only encrypted files have, wherever they stand. */
export const encryptionBoxes: readonly string[] = ['pssh', 'senc', 'sinf'];

/** What user data boxes and items of iTunes tell; others are `other` (QTFF, "User Data Atoms"; 3GPP TS 26.244 §8). */
export const userDataKinds: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['\xa9nam', 'comment'],
  ['\xa9alb', 'comment'],
  ['\xa9cmt', 'comment'],
  ['\xa9lyr', 'comment'],
  ['\xa9gen', 'comment'],
  ['desc', 'comment'],
  ['ldes', 'comment'],
  ['titl', 'comment'],
  ['dscp', 'comment'],
  ['albm', 'comment'],
  ['chpl', 'comment'],
  ['name', 'comment'],
  ['\xa9ART', 'author'],
  ['aART', 'author'],
  ['\xa9wrt', 'author'],
  ['\xa9cpy', 'author'],
  ['cprt', 'author'],
  ['auth', 'author'],
  ['perf', 'author'],
  ['ownr', 'author'],
  ['apID', 'author'],
  ['\xa9day', 'time'],
  ['purd', 'time'],
  ['date', 'time'],
  ['yrrc', 'time'],
  ['\xa9too', 'software'],
  ['\xa9enc', 'software'],
  ['\xa9swr', 'software'],
  ['\xa9mak', 'device'],
  ['\xa9mod', 'device'],
  ['\xa9xyz', 'location'],
  ['loci', 'location'],
  ['covr', 'thumbnail'],
  ['cnID', 'identifier'],
  ['atID', 'identifier'],
  ['plID', 'identifier'],
  ['geID', 'identifier'],
  ['xid ', 'identifier'],
]);
