import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { formats } from '../src/index.ts';

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
const entries = ['index.ts', 'scrub.ts', 'node.ts', ...formats.map(({ id }) => `formats/${id}.ts`)];

const program = ts.createProgram(entries.map(source), {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();

const isDocumented = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length > 0;

/** Members of interfaces, classes and object types; those that only override another's have its comment. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  return [...(symbol.members?.values() ?? [])].filter(({ declarations: [declaration] = [] }) => {
    if (declaration === undefined || ts.isTypeParameterDeclaration(declaration)) return false;
    const name = ts.getNameOfDeclaration(declaration);
    const isPrivate = name === undefined || ts.isPrivateIdentifier(name);
    const overrides = ts.canHaveModifiers(declaration) && ts.getModifiers(declaration)?.some(isOverride) === true;
    return !isPrivate && !overrides;
  });
}

const isOverride = ({ kind }: ts.Modifier) => kind === ts.SyntaxKind.OverrideKeyword;

/** Names of exported symbols and members without a comment. */
function undocumented(entry: string): string[] {
  const file = program.getSourceFile(source(entry));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const bare = membersOf(symbol)
      .filter((member) => !isDocumented(member))
      .map(({ name }) => `${exported.name}.${name}`);
    return isDocumented(symbol) ? bare : [exported.name, ...bare];
  });
}

describe('the documentation', () => {
  it.each(entries)('has a comment for everything public in %s', (entry) => {
    expect(undocumented(entry)).toEqual([]);
  });
});
