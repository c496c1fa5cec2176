import { Resvg } from '@resvg/resvg-js';
import { gzipSync } from 'fflate';
import { specimens as jpegs } from './jpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['comment', 'title', 'label', 'author', 'id', 'class', 'data', 'property', 'text', 'name'] as const;

/** Widths at which two pictures must be the same. */
const WIDTHS = [48, 133];

/** What resvg draws, without any font. */
async function decode(file: Uint8Array): Promise<unknown> {
  return WIDTHS.map((value) => {
    const picture = new Resvg(Buffer.from(file), { fitTo: { mode: 'width', value }, font: { loadSystemFonts: false } });
    return Buffer.from(picture.render().pixels).toString('base64');
  });
}

/** A drawing as an editor saves it, with what it notes for itself drawn from the seed. */
function drawing(seed: number, prefix: string): string {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const maybe = (text: string): string => (random() < 0.7 ? text : '');
  const s = prefix === '' ? '' : `${prefix}:`;
  const gradient = of('id');
  return [
    maybe('<?xml version="1.0" encoding="UTF-8"?>\n'),
    maybe(`<!-- ${of('comment')} -->\n`),
    maybe('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'),
    `<${s}svg xmlns${prefix === '' ? '' : `:${prefix}`}="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" `,
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" ',
    `width="60" height="40" ${maybe(`inkscape:export-filename="/home/${of('name')}/a.png" `)}viewBox="0 0 60 40">`,
    maybe(`<${s}title>${of('title')}</${s}title>\n`),
    maybe(`<${s}metadata><r xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${of('author')}</r></${s}metadata>`),
    `<${s}style>${maybe(`/* ${of('comment')} */`)}.${of('class')}{fill:url(#${gradient});${maybe(`-inkscape-x:${of('property')};`)}stroke:red}</${s}style>`,
    `<${s}defs><${s}linearGradient id="${gradient}"><${s}stop offset="0" stop-color="#08f"/><${s}stop offset="1" stop-color="lime"/></${s}linearGradient></${s}defs>`,
    maybe(' \n  '),
    `<${s}g ${maybe(`inkscape:label="${of('label')}" `)}${maybe(`data-name="${of('data')}"`)}>${maybe(of('text'))}`,
    `<${s}rect ${maybe(`id="${of('label')}" `)}class="${of('class')}" x="3" y="4" width="30" height="20"/>`,
    `<${s}use l:href="#${of('name')}" x="12" style="opacity:0.5;${maybe(`-inkscape-y:${of('property')}`)}"/>`,
    `<${s}path id="${of('name')}" d="M30 30 l10 0 0 -20z" fill="navy"/></${s}g></${s}svg>`,
    maybe(`\n<!-- ${of('comment')} -->`),
  ].join('');
}

/** A drawing with a style sheet in which everything has a name. */
function styled(seed: number): string {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const maybe = (text: string): string => (random() < 0.7 ? text : '');
  const variable = `--${of('name')}`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="60" height="40">',
    `<style>${maybe(`/* ${of('comment')} */`)}@font-face{font-family:"${of('title')}";src:url(data:font/woff2;base64,d09GMgAA)}`,
    `@keyframes ${of('label')}{from{opacity:.2}to{opacity:1}}${maybe(`${of('data')}{fill:red}`)}`,
    `.${of('class')}{animation:${of('label')} 3s;${variable}:#08f;fill:#08f${maybe(`;--${of('property')}:red`)}}`,
    `#${of('id')}${maybe(`,.${of('class')} ${of('text')}`)}{stroke:lime;font:12px '${of('title')}',serif}</style>`,
    `<rect class="${maybe(`${of('author')} `)}${of('class')}" x="3" y="4" width="30" height="20"${maybe(` rx="${of('data')}"`)}/>`,
    `<circle id="${of('id')}" r="9" cx="40" cy="20" style="stroke-width:2;stroke-opacity:var(${variable},1)${maybe(`;fill:${of('author')}`)}">`,
    `<animate attributeName="r" values="9;12" dur="2s" begin="${of('id')}.click"${maybe(` id="${of('comment')}"`)}/></circle>`,
    '</svg>',
  ].join('');
}

/** A drawing with a photo in it that has metadata of its own. */
async function illustrated(seed: number): Promise<Uint8Array> {
  const photo = Buffer.from((await jpegs[0]?.make(seed)) ?? []).toString('base64');
  const lines = seed % 2 === 0 ? photo : photo.replace(/.{76}/g, '$&\n');
  return encode(
    drawing(seed, '').replace(
      '</svg>',
      `<image width="20" height="20" l:href="data:image/jpeg;base64,${lines}"/></svg>`,
    ),
  );
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`\ufeff${text.replace(/^<\?xml.*?\?>\n/, '')}`, 'utf16le'));
}

function packed(seed: number): Uint8Array {
  const filename = seed % 2 === 0 ? { filename: canary(seed, 'name') } : {};
  return gzipSync(encode(drawing(seed, '')), { mtime: seed * 1000, level: seed % 2 === 0 ? 1 : 6, ...filename });
}

const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

/** SVG documents as editors write them. */
export const specimens: readonly Specimen[] = [
  { name: 'drawing', make: (seed) => encode(drawing(seed, '')), canaries, decode },
  { name: 'prefixes of any name', make: (seed) => encode(drawing(seed, `p${seed}`)), canaries, decode },
  {
    name: 'UTF-16',
    make: (seed) => utf16(drawing(seed, '')),
    canaries,
    decode: async (file) => decode(encode(textOf(file))),
  },
  { name: 'styled', make: (seed) => encode(styled(seed)), canaries, decode },
  {
    name: 'with a photo',
    make: illustrated,
    canaries: (seed) => [...canaries(seed), ...(jpegs[0]?.canaries(seed) ?? [])],
    decode,
  },
  { name: 'gzipped', make: packed, canaries, decode },
];

/** The text of a document in UTF-8 or little-endian UTF-16. */
function textOf(file: Uint8Array): string {
  return new TextDecoder(file[0] === 0xff ? 'utf-16le' : 'utf-8').decode(file);
}

export const structuralTags =
  /^(SVG:(Xmlns|ImageWidth|ImageHeight|ViewBox)=|ZIP:(Compression=Deflated|Flags=\(none\)|ModifyDate=0000:00:00 00:00:00|ExtraFlags=\(none\)|OperatingSystem=unknown)$)/;
