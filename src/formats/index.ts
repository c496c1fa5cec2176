// The registry: one line per format. Order matters only where one signature is the beginning of another.
import type { Format } from '../core/format.ts';
import { aac } from './aac.ts';
import { aiff } from './aiff.ts';
import { amr } from './amr.ts';
import { ape } from './ape.ts';
import { asf } from './asf.ts';
import { au } from './au.ts';
import { bmp } from './bmp.ts';
import { caf } from './caf.ts';
import { dff } from './dff.ts';
import { dsf } from './dsf.ts';
import { flac } from './flac.ts';
import { gif } from './gif.ts';
import { heif } from './heif.ts';
import { ico } from './ico.ts';
import { jp2 } from './jp2.ts';
import { jpeg } from './jpeg.ts';
import { jxl } from './jxl.ts';
import { m4a } from './m4a.ts';
import { midi } from './midi.ts';
import { mp3 } from './mp3.ts';
import { mpc } from './mpc.ts';
import { ogg } from './ogg.ts';
import { pdf } from './pdf.ts';
import { png } from './png.ts';
import { pnm } from './pnm.ts';
import { psd } from './psd.ts';
import { qoi } from './qoi.ts';
import { svg } from './svg.ts';
import { tga } from './tga.ts';
import { tta } from './tta.ts';
import { wav } from './wav.ts';
import { wavpack } from './wavpack.ts';
import { webp } from './webp.ts';

/** Every format that is cleaned. */
export const formats: readonly Format[] = [
  jpeg,
  png,
  gif,
  webp,
  heif,
  jxl,
  jp2,
  bmp,
  ico,
  pnm,
  qoi,
  psd,
  pdf,
  flac,
  ogg,
  wav,
  aiff,
  caf,
  au,
  m4a,
  asf,
  dsf,
  dff,
  amr,
  wavpack,
  ape,
  mpc,
  tta,
  midi,
  svg,
  aac,
  mp3,
  // It has no signature.
  tga,
];
