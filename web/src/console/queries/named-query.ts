// Describes a named query as `GET /v1/manage/queries` returns it.

export interface NamedQuery {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly method: "GET" | "POST";
  readonly scope: string;
  readonly returns: string;
  readonly parameters: {
    readonly properties?: Readonly<Record<string, Parameter>>;
    readonly required?: readonly string[];
  };
}

export interface Parameter {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}
