import type { Format } from '../../src/core/format.ts';
import type { ScrubOptions } from '../../src/core/options.ts';
import { formats } from '../../src/formats/index.ts';
import type { Specimen, SpecimenModule } from '../specimens/specimen.ts';

/** A specimen with the format it is of. */
export interface Subject {
  format: Format;
  specimen: Specimen;
  structuralTags: RegExp;
  /** Options without which the file is refused. */
  options: ScrubOptions | undefined;
  /** `jpeg: progressive, mirrored`. */
  title: string;
}

/** Every specimen of every format of the registry; a format without specimens fails the tests. */
export const subjects: readonly Subject[] = (
  await Promise.all(
    formats.map(async (format) => {
      const module = (await import(`../specimens/${format.id}.ts`)) as SpecimenModule;
      const { specimens, structuralTags, options } = module;
      if (specimens.length === 0) throw new Error(`There is no specimen of ${format.name}.`);
      return specimens.map((specimen) => ({
        format,
        specimen,
        structuralTags,
        options,
        title: `${format.id}: ${specimen.name}`,
      }));
    }),
  )
).flat();
