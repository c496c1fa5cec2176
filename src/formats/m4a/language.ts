// Languages of media: three letters packed (ISO/IEC 14496-12 §8.4.2), or a number of the Macintosh (QTFF, "Language Code Values").
import { UNDETERMINED } from '../../containers/isobmff/movie-boxes.ts';

/** Smaller codes are Macintosh numbers. */
const FIRST_PACKED = 0x400;

/** ISO 639-2/T codes by Macintosh number. */
const macintosh = [
  'eng fra deu ita nld swe spa dan por nor heb jpn ara fin ell isl mlt tur hrv zho urd hin tha kor',
  'lit pol hun est lav sme fao fas rus zho nld gle sqi ron ces slk slv yid srp mkd bul ukr bel uzb',
  'kaz aze aze hye kat mol kir tgk tuk mon mon pus kur kas snd bod nep san mar ben asm guj pan ori',
  'mal kan tam tel sin mya khm lao vie ind tgl msa msa amh tir orm som swa kin run nya mlg epo',
]
  .join(' ')
  .split(' ');

/** A language code as ISO packs it; undetermined where it stands for none. */
export function packedLanguage(code: number): number {
  if (code >= FIRST_PACKED) return isPacked(code) ? code : UNDETERMINED;
  const letters = macintosh[code];
  return letters === undefined ? UNDETERMINED : pack(letters);
}

function isPacked(code: number): boolean {
  return code < 0x8000 && [code >> 10, (code >> 5) & 31, code & 31].every((letter) => letter >= 1 && letter <= 26);
}

function pack(letters: string): number {
  let packed = 0;
  for (const letter of letters) packed = (packed << 5) | (letter.charCodeAt(0) - 0x60);
  return packed;
}
