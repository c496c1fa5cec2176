// Brands of files of pictures (ISO/IEC 23008-12 §10, 23000-22 §7, AVIF §5). Brands that are in no table are dropped.

/** Brands that say how the pictures of items are coded. */
const stillBrands: readonly string[] = ['mif1', 'mif2', 'miaf', 'heic', 'heix', 'heim', 'heis', 'avif', 'avci'];
/** Profiles of the above. */
const profileBrands: readonly string[] = ['MiHA', 'MiHB', 'MiHE', 'MiPr', 'MA1A', 'MA1B', '1pic'];
/** Brands of files that have a track of pictures. */
const sequenceBrands: readonly string[] = ['msf1', 'hevc', 'hevx', 'hevm', 'hevs', 'avis', 'avcs'];
/** Brands of the movie box's own syntax: only with a track. */
const movieBrands: readonly string[] = ['iso3', 'iso4', 'iso5', 'iso6', 'iso7', 'iso8', 'iso9', 'av01', 'avio'];

/** A file that begins with one of these is of pictures. The last ones are of codings that are refused. */
export const majorBrands: readonly string[] = [
  ...stillBrands,
  ...profileBrands,
  ...sequenceBrands,
  ...['avio', 'mif3', 'unif', 'tmap', 'jpeg', 'jpgs', 'j2ki', 'j2is', 'vvic', 'vvis', 'evbi', 'evbs'],
];

/** What a file says it is. */
export interface FileType {
  major: string;
  compatible: readonly string[];
}

/** What is kept of what a file says it is, for a file with or without items, tracks and a tone map. */
export function canonicalFileType(
  found: FileType,
  has: { items: boolean; tracks: boolean; toneMap: boolean },
): FileType {
  const known = [
    ...(has.items ? [...stillBrands, ...profileBrands] : []),
    ...(has.tracks ? [...sequenceBrands, ...movieBrands] : []),
    ...(has.toneMap ? ['tmap'] : []),
  ];
  const compatible = [...new Set(found.compatible)].filter((brand) => known.includes(brand));
  const general = has.items ? 'mif1' : 'msf1';
  const major = known.includes(found.major)
    ? found.major
    : (compatible.find((brand) => !['miaf', ...profileBrands].includes(brand)) ?? general);
  if (!compatible.includes(general)) compatible.push(general);
  return { major, compatible };
}
