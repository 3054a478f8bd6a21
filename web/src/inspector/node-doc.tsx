import type { ComponentSpec } from '#model/component.ts';
import './node-doc.css';

/** The words about a component kind: what it does, what its contract allows, examples. */
export function NodeDoc({ spec }: { readonly spec: ComponentSpec }) {
  return (
    <div className="stack doc">
      <p>{spec.summary}</p>
      <section>
        <h3 className="label">Contract</h3>
        <pre className="code">{outdented(spec.contract)}</pre>
        <p className="small quiet">What it may do, as a CSP process over its ports. The checks compose these.</p>
      </section>
      {spec.classes !== undefined && spec.classes.length > 0 && (
        <section>
          <h3 className="label">As a process</h3>
          <dl className="classes">
            {spec.classes.map(({ name, says }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="small quiet">{says}</dd>
              </div>
            ))}
          </dl>
          <p className="small quiet">
            With default settings{takesMany(spec) && ' and two channels on each port that takes many'}.
          </p>
        </section>
      )}
      {spec.examples.length > 0 && (
        <section>
          <h3 className="label">Examples</h3>
          {spec.examples.map((example) => (
            <figure key={example.says} className="example">
              <figcaption>{example.says}</figcaption>
              {example.settings !== undefined && <Rows word="settings" rows={{ '': example.settings }} />}
              <Rows word="given" rows={example.given} />
              <Rows word="gives" rows={example.gives} />
            </figure>
          ))}
        </section>
      )}
    </div>
  );
}

function takesMany({ ports }: ComponentSpec): boolean {
  return Object.values(ports).some(({ many }) => many);
}

function Rows({ word, rows }: { readonly word: string; readonly rows: Readonly<Record<string, unknown>> }) {
  return Object.entries(rows).map(([port, value]) => (
    <p key={port} className="example-row">
      <span className="quiet">
        {word} {port}
      </span>
      <code>{JSON.stringify(value)}</code>
    </p>
  ));
}

function outdented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
}
