// What of SVG is refused, by default or always; gzipped documents (RFC 1952); documents of any size.
import { gunzipSync, gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { scrub, scrubAttachment, scrubWithReport } from '../../src/index.ts';
import { clean, cleanText, encode, svg } from '../builders/svg.ts';

const RECT = '<rect width="9" height="9"/>';

describe('options', () => {
  it('keep titles, descriptions and labels', async () => {
    const content = '<title>A cat</title><g aria-label="ear" role="img"><desc>soft</desc></g>';
    expect(await clean(content, { keep: ['title'] })).toBe(content);
    expect(await clean('<a xlink:title="A cat"/>', { keep: ['title'] })).toBe('<a xlink:title="A cat"/>');
  });

  it.each([
    ['scripts', '<script>me()</script>', ''],
    ['scripts elsewhere', '<script href="me.js"/>', ''],
    ['handlers', '<g onclick="me()"/>', '<g/>'],
    ['handlers of SVG Tiny', '<handler type="me">me()</handler>', ''],
    ['foreign objects', '<foreignObject><html:p>me</html:p></foreignObject>', ''],
    ['addresses that run', '<a href="javascript:me()"><path/></a>', '<a><path/></a>'],
    ['scripts of XHTML', '<html:script>me()</html:script>', ''],
    ['scripts in metadata', '<metadata><html:script>me()</html:script></metadata>', ''],
  ])('leave %s out where scripts are dropped; else they are refused', async (_name, content, expected) => {
    await expect(clean(content)).rejects.toMatchObject({ code: 'unsupported' });
    expect(await clean(content, { drop: ['scripts'] })).toBe(expected);
  });

  it('leave it to a switch to choose what it falls back to', async () => {
    const content = `<switch><foreignObject requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"><html:div>me</html:div></foreignObject><text>x</text></switch>`;
    await expect(clean(content)).rejects.toMatchObject({ code: 'unsupported', trail: ['foreignObject'] });
    expect(await clean(content, { drop: ['scripts'] })).toBe('<switch><text>x</text></switch>');
  });

  it('let scripts pass that do nothing', async () => {
    expect(await clean('<script/><script> </script><g onload=""/>')).toBe('<g/>');
  });
});

describe('documents that are refused', () => {
  const growing = [...'bcdefg'].map((name, index) => `<!ENTITY ${name} "${`&${'abcdef'[index]};`.repeat(10)}">`);

  it.each([
    ['unclosed elements', '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>'],
    ['bare ampersands', svg('<text>a & b</text>')],
    ['an attribute twice', svg('<g fill="red" fill="red"/>')],
    ['two roots', `${svg('')}${svg('')}`],
    ['undeclared entities', svg('<text>&nbsp;</text>')],
    [
      'entities that grow',
      `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(1000)}">${growing.join('')}]>${svg('<text>&g;</text>')}`,
    ],
    ['entities in themselves', `<!DOCTYPE svg [<!ENTITY a "&b;"><!ENTITY b "&a;">]>${svg('<text>&a;</text>')}`],
  ])('hold %s', async (_name, document) => {
    await expect(scrub(encode(document))).rejects.toMatchObject({ code: 'malformed', format: 'svg' });
  });

  it.each([
    ['entities of other files', `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${svg('<text>&a;</text>')}`],
    ['parameter entities', `<!DOCTYPE svg [<!ENTITY % a "x"> %a;]>${svg('')}`],
    ['entities of elements', `<!DOCTYPE svg [<!ENTITY a "<g/>">]>${svg('&a;')}`],
    ['an unknown encoding', `<?xml version="1.0" encoding="x-me"?>${svg('')}`],
    ['a switch with metadata to choose', svg('<switch><metadata/><g/></switch>')],
    ['what editors keep, drawn', svg('<metadata><g id="x"/></metadata><use href="#x"/>')],
    ['elements from inside of data', svg('<use href="data:image/svg+xml,me#x"/>')],
    ['a part of a picture inside', svg(`<image href="data:image/svg+xml,${encodeURIComponent(svg(''))}#x"/>`)],
    ['features that nobody knows', svg('<g requiredFeatures="me"/>')],
    ['a root for one editor', svg('', 'requiredExtensions="http://me/"')],
  ])('hold %s', async (_name, document) => {
    await expect(scrub(encode(document))).rejects.toMatchObject({ code: 'unsupported', format: 'svg' });
  });

  it('say where they are broken', async () => {
    const document = `<?xml version="1.0"?>${svg('<g>')}`;
    await expect(scrub(encode(document))).rejects.toMatchObject({ code: 'malformed', offset: document.length });
  });
});

describe('gzipped documents', () => {
  const document = svg(`<!-- me -->${RECT}`);
  const plain = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${RECT}</svg>\n`;
  const packed = gzipSync(encode(document));

  it('are packed anew, without name and time', async () => {
    const one = await scrub(gzipSync(encode(document), { filename: 'me.svg', mtime: 1e12, level: 1 }));
    const other = await scrub(gzipSync(encode(document), { mtime: 0, level: 9, mem: 1 }));
    expect(one.subarray(0, 10)).toEqual(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff));
    expect(new TextDecoder().decode(gunzipSync(one))).toBe(plain);
    expect(other).toEqual(one);
    expect(await scrub(one)).toBe(one);
  });

  it('are read behind every field that a header may have', async () => {
    const fields = [3, 0, ...encode('me\0'), ...encode('me.svg\0by me\0'), 0, 0];
    const file = [
      ...packed.subarray(0, 3),
      2 | 4 | 8 | 16,
      ...packed.subarray(4, 10),
      ...fields,
      ...packed.subarray(10),
    ];
    expect(await scrub(new Uint8Array(file))).toEqual(await scrub(packed));
  });

  it('keep being gzipped', async () => {
    const { name, type } = await scrubAttachment({ data: packed });
    expect({ name, type }).toEqual({ name: 'image.svgz', type: 'image/svg+xml' });
  });

  it('may be several members one behind the other', async () => {
    const members = [document.slice(0, 60), document.slice(60)].map((part) => gzipSync(encode(part)));
    const file = new Uint8Array(Buffer.concat(members));
    expect(new TextDecoder().decode(gunzipSync(await scrub(file)))).toBe(plain);
  });

  it('lose what stands behind them', async () => {
    const { output, report } = await scrubWithReport(new Uint8Array([...packed, ...encode('me')]));
    expect(output).toEqual(await scrub(packed));
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'trailing-data', where: 'gzip', bytes: 2, offset: packed.length }),
    );
  });

  it.each([
    ['checksum', -8],
    ['length', -4],
  ])('are refused where their %s is wrong', async (_name, at) => {
    const damaged = packed.slice();
    damaged[packed.length + at] = (packed.at(at) ?? 0) ^ 1;
    await expect(scrub(damaged)).rejects.toMatchObject({ code: 'malformed', format: 'svg', trail: ['gzip'] });
  });

  it('are refused where they are cut off', async () => {
    for (const length of [packed.length - 1, packed.length - 8, packed.length - 20]) {
      await expect(scrub(packed.slice(0, length))).rejects.toMatchObject({ code: 'malformed', format: 'svg' });
    }
  });

  it('that are no SVG are named as what they are', async () => {
    for (const content of [encode('plain text'), encode('<html/>'), new Uint8Array(5000), new Uint8Array(0)]) {
      await expect(scrub(gzipSync(content))).rejects.toMatchObject({
        code: 'unsupported',
        format: 'gz',
        message: expect.stringContaining('application/gzip'),
      });
    }
  });

  it('are told by what is in them, whatever stands in front of it', async () => {
    const noise = Array.from({ length: 20_000 }, (_, index) => ((index * 7919) % 10_007).toString(36)).join(' ');
    const file = gzipSync(encode(`<!-- ${noise} -->${document}`), { filename: 'm'.repeat(5000) });
    expect(new TextDecoder().decode(gunzipSync(await scrub(file)))).toBe(plain);
  });

  it('that unpack to too much are refused', async () => {
    const bomb = gzipSync(encode(svg(`<!--${' '.repeat(5_000_000)}-->`)), { level: 9 });
    await expect(scrub(bomb, { limits: { inflatedBytes: 3_000_000 } })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('documents of any size', () => {
  it('may nest as deep as people draw, and no deeper', async () => {
    const nested = (depth: number): string => svg('<g>'.repeat(depth) + '</g>'.repeat(depth));
    expect(await cleanText(nested(250))).toContain('<g><g>');
    await expect(scrub(encode(nested(100_000)))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  const many = (count: number, make: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join('');

  it.each([
    ['attributes', svg(`<g ${many(100_000, (index) => `a${index}="" `)}/>`)],
    ['declarations of namespaces', svg(many(30_000, (index) => `<p${index}:g xmlns:p${index}="me"/>`))],
    ['comments', svg('<!---->'.repeat(100_000))],
    ['brackets in a document type', `<!DOCTYPE svg [${'<!-- ] -->'.repeat(50_000)}]>${svg('')}`],
    [
      'defaults in a document type',
      `<!DOCTYPE svg [${many(10_000, (index) => `<!ATTLIST g a${index} CDATA "">`)}]>${svg('<g/>'.repeat(2000))}`,
    ],
    ['ids', svg(many(50_000, (index) => `<g id="i${index}"/><use href="#i${index}"/>`))],
    ['rules', svg(`<style>${'.a{fill:red}'.repeat(50_000)}</style>`)],
    ['selectors', svg(`<style>${'.a,'.repeat(100_000)}g{}</style>`)],
    ['attributes to select by', svg(`<style>g${'[x]'.repeat(50_000)}{}</style>`)],
    ['open blocks of CSS', svg(`<style>${'@media print{('.repeat(50_000)}</style>`)],
    ['open brackets of a value', svg(`<g style="fill:${'('.repeat(200_000)}"/>`)],
    ['spaces of CSS', svg(`<style>a${' /**/'.repeat(100_000)}{}</style>`)],
    ['spaces of a value', svg(`<g style="fill:red${' /**/'.repeat(100_000)}blue"/>`)],
    ['families', svg(`<g font-family="${'a,'.repeat(100_000)}b"/>`)],
    ['digits', svg(`<g transform="${'1'.repeat(500_000)}me"/>`)],
    ['letters', svg(`<g fill="${'a-'.repeat(250_000)}"/>`)],
    ['letters of a path', svg(`<path d="${'e'.repeat(500_000)}"/>`)],
    ['percent signs', svg(`<image href="data:,${'%'.repeat(500_000)}"/>`)],
    ['spaces of a reference', svg(`<image href="${' '.repeat(500_000)}x"/>`)],
    ['times', svg(`<set attributeName="x" to="1" begin="${'1s;'.repeat(100_000)}"/>`)],
    ['digits of a time', svg(`<set attributeName="x" to="1" begin="${'1'.repeat(300_000)}.x"/>`)],
    ['sheets', svg('<style>g{}</style>'.repeat(30_000))],
  ])('may hold any number of %s', async (_name, document) => {
    const began = performance.now();
    await scrub(encode(document)).catch((error: unknown) => expect(error).toMatchObject({ name: 'ScrubError' }));
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('are bounded by what may be held in memory', async () => {
    const limits = { bufferedBytes: 300 };
    for (const file of [encode(svg(RECT.repeat(99))), gzipSync(encode(svg(RECT.repeat(99))))]) {
      await expect(scrub(file, { limits })).rejects.toMatchObject({ code: 'limit-exceeded' });
    }
  });
});
