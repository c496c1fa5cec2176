import type { ExifExhibit, Plan } from './plan.ts';
import type { Finding } from './report.ts';

type Parsed = Record<string, unknown>;

/** Names under which exifr reports each kind of finding. */
const namesOfKind: Partial<Record<Finding['kind'], readonly string[]>> = {
  location: ['latitude', 'longitude', 'GPSAltitude', 'GPSDateStamp', 'GPSImgDirection', 'GPSAreaInformation'],
  device: ['Make', 'Model', 'HostComputer', 'LensMake', 'LensModel'],
  author: ['Artist', 'Copyright', 'OwnerName', 'CameraOwnerName', 'XPAuthor'],
  time: ['DateTimeOriginal', 'CreateDate', 'ModifyDate', 'OffsetTimeOriginal'],
  software: ['Software'],
  identifier: ['ImageUniqueID', 'SerialNumber', 'BodySerialNumber', 'LensSerialNumber'],
  comment: ['ImageDescription', 'UserComment', 'XPTitle', 'XPComment', 'XPKeywords', 'XPSubject'],
};

/** The findings, with human-readable values where Exif blocks were put aside for them. */
export async function describeValues(plan: Plan): Promise<Finding[]> {
  const { findings } = plan;
  for (const exhibit of plan.exhibits) addValues(findings, exhibit, await parse(exhibit.block));
  return findings;
}

async function parse(block: Uint8Array): Promise<Parsed> {
  // Node sees a CommonJS module here, whose only export is the default one.
  const { default: exifr } = await import('exifr');
  try {
    const parsed: unknown = await exifr.parse(block, { tiff: true, exif: true, gps: true, reviveValues: false });
    return typeof parsed === 'object' && parsed !== null ? (parsed as Parsed) : {};
  } catch {
    // A block too damaged to be read has no values to show; it is removed all the same.
    return {};
  }
}

function addValues(findings: Finding[], { where }: ExifExhibit, parsed: Parsed): void {
  for (const finding of findings) {
    if (!finding.where.startsWith(`${where} › `)) continue;
    const names = namesOfKind[finding.kind] ?? [];
    const values: Record<string, string | number> = {};
    for (const name of names) {
      const value = parsed[name];
      if (typeof value === 'number' || typeof value === 'string') values[name] = value;
    }
    if (Object.keys(values).length > 0) finding.values = { ...finding.values, ...values };
  }
}
