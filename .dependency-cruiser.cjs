/**
 * The floors of the house, as one table. docs/architecture.md says in words what each floor does and may not;
 * this file is where it is enforced, and tools/floors.test.ts proves that every rule below bites.
 *
 * `may`     the floors a floor imports, besides itself
 * `tests`   what its tests import on top of that
 * `pure`    no Node core modules (tests excepted)
 */
const floors = {
  base: { may: [], pure: true },
  model: { may: ['base'], pure: true },
  contract: { may: ['base', 'model'], tests: ['runtime', 'kit', 'components'], pure: true },
  runtime: { may: ['base', 'model'], tests: ['contract'], pure: true },
  kit: { may: ['base', 'model', 'contract', 'runtime'], tests: ['components'] },
  components: { may: ['base', 'model', 'runtime', 'kit'], tests: ['contract'] },
  insight: { may: ['base', 'model', 'contract', 'kit'], tests: ['runtime', 'components'] },
  codegen: { may: ['base', 'model', 'contract', 'kit'], tests: ['runtime', 'components', 'importers'] },
  importers: { may: ['base', 'model', 'contract', 'kit'], tests: ['runtime', 'components'] },
  store: { may: ['base', 'model'] },
  host: { may: ['base', 'model', 'contract', 'runtime', 'kit', 'store'], tests: ['components'] },
  app: {
    may: ['base', 'model', 'contract', 'runtime', 'kit', 'insight', 'codegen', 'importers', 'store', 'host'],
    tests: ['components'],
  },
  api: { may: ['base', 'model', 'app'], tests: ['contract', 'runtime', 'kit', 'components', 'store', 'host'] },
  realtime: { may: ['base', 'model', 'app'], tests: ['contract', 'runtime', 'kit', 'components', 'store', 'host'] },
  telemetry: { may: ['base', 'model'] },
};

/** Files that stand beside the floors: main imports everything; settings is read by main alone. */
const roof = ['main', 'settings'];

/** Libraries that one floor keeps to itself, so that no other learns its words. */
const kept = [
  { library: 'fastify|@fastify|@scalar', by: ['api', 'realtime'] },
  { library: 'kysely|pg|@electric-sql|ioredis', by: ['store'] },
];

const testFile = String.raw`\.(test|e2e)\.tsx?$`;
const testHelper = String.raw`^web/e2e/|(^|/)(testing|contract-suite)(\.ts$|/)`;
const testOnly = `${testFile}|${testHelper}`;
const pureFloors = Object.keys(floors).filter((name) => floors[name].pure);
const anyFloor = Object.keys(floors).join('|');

const floorRules = Object.entries(floors).flatMap(([name, { may, tests = [] }]) => [
  {
    name: `floor-${name}`,
    comment: `${name} may import ${may.join(', ') || 'nothing'} besides itself.`,
    severity: 'error',
    from: { path: `^src/${name}/`, pathNot: testOnly },
    to: { path: '^src/', pathNot: `^src/(${[name, ...may].join('|')})/` },
  },
  {
    name: `floor-${name}-tests`,
    comment: `Tests of ${name} may import ${[...may, ...tests].join(', ') || 'nothing'} besides it.`,
    severity: 'error',
    from: { path: `^src/${name}/.*(${testOnly})` },
    to: { path: '^src/', pathNot: `^src/(${[name, ...may, ...tests].join('|')})/` },
  },
]);

const keptRules = kept.map(({ library, by }) => ({
  name: `library-of-${by.join('-and-')}`,
  comment: `Only ${by.join(' and ')} may import ${library.replaceAll('|', ', ')}.`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${by.join('|')})/|${testOnly}` },
  to: { path: `(^|/)node_modules/(${library})/` },
}));

// swc's visitor, which dependency-cruiser walks with, does not know `using` and `await using` yet.
const { Visitor } = require('@swc/core/Visitor.js');
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

module.exports = {
  forbidden: [
    ...floorRules,
    ...keptRules,
    {
      name: 'no-unknown-folder',
      comment: 'Everything under src stands on a floor of the table above.',
      severity: 'error',
      // A module rule with a bound out of reach: it also catches a file without a single import.
      module: {
        path: '^src/',
        pathNot: `^src/((${anyFloor})/|(${roof.join('|')})(\\.test)?\\.ts$)`,
        numberOfDependentsLessThan: 100,
      },
      from: {},
    },
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere would pass every rule of this file.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'pure-floor-without-node',
      comment: `${pureFloors.join(', ')} run in the page too and do no I/O: no Node core modules.`,
      severity: 'error',
      from: { path: `^src/(${pureFloors.join('|')})/`, pathNot: testOnly },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'certificates-are-checked-apart',
      comment: 'What checks a certificate again shares no code with what found it, only the types of the data both read.',
      severity: 'error',
      from: { path: '^src/contract/certify/', pathNot: testOnly },
      to: {
        path: '^src/',
        pathNot: String.raw`^src/contract/certify/|^src/contract/(network|automata)\.ts$|^src/model/checks/(certificate|finding)\.ts$`,
      },
    },
    {
      name: 'components-are-strangers',
      comment:
        'A component never imports another, only its own parts (flow/a.ts those in flow/a/); the catalogue knows them all.',
      severity: 'error',
      from: { path: '^src/components/([^/]+/[^/.]+)', pathNot: testHelper },
      to: { path: '^src/components/', pathNot: `^src/components/$1[./]|${testHelper}` },
    },
    {
      name: 'doors-are-strangers',
      comment: 'http, graphql, grpc and cli are doors of the same house; none leads into another.',
      severity: 'error',
      from: { path: '^src/api/([^/]+)/' },
      to: { path: '^src/api/[^/]+/', pathNot: '^src/api/$1/' },
    },
    {
      name: 'floors-by-name',
      comment: 'Another floor is imported as #floor/file.ts; ../ never crosses a floor.',
      severity: 'error',
      from: { path: '^(src/[^/]+|web|tools|bench|examples)/' },
      to: { path: '^src/', pathNot: '^$1/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'main-is-imported-by-nobody',
      comment: 'main.ts and settings.ts are handed to nobody: values are.',
      severity: 'error',
      from: { path: '^(src|web|examples)/', pathNot: `^src/main\\.ts$|${testFile}` },
      to: { path: `^src/(${roof.join('|')})\\.ts$` },
    },
    {
      name: 'telemetry-listens',
      comment: 'Telemetry is imported by main alone.',
      severity: 'error',
      from: { pathNot: '^src/(main\\.ts$|telemetry/)' },
      to: { path: '^src/telemetry/' },
    },
    {
      name: 'test-helpers-stay-out',
      comment: 'Tests and their helpers are never imported by the product.',
      severity: 'error',
      from: { path: '^(src|web|examples)/', pathNot: testOnly },
      to: { path: testOnly },
    },
    {
      name: 'no-dev-dependency-in-product',
      comment: 'What the product imports is installed with the product.',
      severity: 'error',
      from: { path: '^src/', pathNot: testOnly },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'web-imports-only-pure-floors',
      comment: 'The page imports src/model and src/contract; the rest reaches it through the generated client.',
      severity: 'error',
      from: { path: '^web/', pathNot: testOnly },
      to: { path: '^src/', pathNot: '^src/(model|contract)/' },
    },
    {
      name: 'nobody-imports-the-page',
      comment: 'src knows neither the page nor tools, benchmarks and examples.',
      severity: 'error',
      from: { path: '^src/', pathNot: testOnly },
      to: { path: '^(web|tools|bench|examples)/' },
    },
    {
      name: 'examples-are-components',
      comment: 'A component in examples lives by the rules of components.',
      severity: 'error',
      from: { path: '^examples/', pathNot: testFile },
      to: { path: '^src/', pathNot: '^src/(base|model|runtime|kit)/' },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API, so swc reads the sources; it sees `import type` as well.
    parser: 'swc',
    // Where the page finds `#model/…`; src finds the same through the imports of package.json.
    tsConfig: { fileName: 'web/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(web/)?(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
