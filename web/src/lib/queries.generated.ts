// Made by `rondo specs types` from query-specs/: change a spec and run it again.

export interface Queries {
  /** Generations of the whole business by state, in a span of time. */
  "business.generations": {
    method: "GET";
    parameters: {
      from: string;
      to: string;
    };
    answer: {
      items: {
        state: string;
        generations: number;
        users: number;
        seconds: number | string | null;
      }[];
    };
  };
  /** The business's users, newest first, with what they made. */
  "business.users": {
    method: "GET";
    parameters: {
      kinds?: ("guest" | "member" | "external")[] | undefined;
      limit?: number | undefined;
      after?: string | undefined;
      before?: string | undefined;
    };
    answer: {
      items: {
        id: string;
        kind: string;
        createdAt: string;
        tracks: number;
      }[];
      next: string | null;
      previous: string | null;
    };
  };
  /** What is being made now or waits to be, oldest first. */
  "generations.active": {
    method: "GET";
    parameters: Record<string, never>;
    answer: {
      items: {
        requestId: string;
        state: string;
        title: string;
        trackId: string;
        versionId: string;
        generatedMs: number;
        plannedMs: number | null;
        createdAt: string;
      }[];
    };
  };
  /** The user's generations, newest first, with the title of the track. */
  "generations.recent": {
    method: "GET";
    parameters: {
      states?: ("queued" | "running" | "complete" | "failed" | "cancelled")[] | undefined;
      since?: string | undefined;
      limit?: number | undefined;
      after?: string | undefined;
      before?: string | undefined;
    };
    answer: {
      items: {
        requestId: string;
        state: string;
        prompt: string;
        seed: number | string;
        durationSeconds: number;
        generatedMs: number;
        plannedMs: number | null;
        plannedBytes: number | string | null;
        reasonCode: string | null;
        reason: string | null;
        projectId: string;
        trackId: string;
        versionId: string;
        createdAt: string;
        startedAt: string | null;
        finishedAt: string | null;
        title: string;
      }[];
      next: string | null;
      previous: string | null;
    };
  };
  /** Versions made per day, the newest day first. */
  "library.activity": {
    method: "GET";
    parameters: {
      from: string;
      to: string;
    };
    answer: {
      items: {
        day: string;
        versions: number;
        tracks: number;
        durationMs: number | string;
        edits: number;
      }[];
    };
  };
  /** How much the user has made: projects, tracks, versions, minutes and bytes. */
  "library.stats": {
    method: "GET";
    parameters: Record<string, never>;
    answer: {
      item: {
        projects: number;
        tracks: number;
        versions: number;
        durationMs: number | string;
        audioBytes: number | string;
        averageDurationMs: number | null;
        failedGenerations: number;
        memberSince: string;
      };
    };
  };
  /** Makes a project. */
  "projects.create": {
    method: "POST";
    parameters: {
      name: string;
    };
    answer: {
      item: {
        id: string;
        name: string;
        createdAt: string;
        updatedAt: string;
        trackCount: number;
      };
    };
  };
  /** Makes several projects: all of them or none. */
  "projects.createMany": {
    method: "POST";
    parameters: {
      projects: {
        name: string;
      }[];
    };
    answer: {
      items: {
        id: string;
        name: string;
        createdAt: string;
        updatedAt: string;
      }[];
    };
  };
  /** One project with its tracks, and their versions. */
  "projects.get": {
    method: "GET";
    parameters: {
      projectId: string;
    };
    answer: {
      item: {
        id: string;
        name: string;
        createdAt: string;
        updatedAt: string;
        tracks: {
          id: string;
          title: string;
          createdAt: string;
          updatedAt: string;
          versions: {
            id: string;
            number: number;
            parentId: string | null;
            prompt: string;
            instruction: string | null;
            durationMs: number | null;
            audioBytes: number | string | null;
            peaks: string | null;
            createdAt: string;
            state: string | null;
            requestId: string | null;
          }[];
        }[];
      } | null;
    };
  };
  /** The user's projects, newest first, each with how many tracks it holds. */
  "projects.list": {
    method: "GET";
    parameters: {
      search?: string | undefined;
      limit?: number | undefined;
      after?: string | undefined;
      before?: string | undefined;
      orderBy?: "createdAt.desc" | "createdAt.asc" | "updatedAt.asc" | "updatedAt.desc" | "name.asc" | "name.desc" | undefined;
    };
    answer: {
      items: {
        id: string;
        name: string;
        createdAt: string;
        updatedAt: string;
        trackCount: number;
      }[];
      next: string | null;
      previous: string | null;
    };
  };
  /** Gives a project another name. */
  "projects.rename": {
    method: "POST";
    parameters: {
      projectId: string;
      name: string;
    };
    answer: {
      item: {
        id: string;
        name: string;
        createdAt: string;
        updatedAt: string;
      };
    };
  };
  /** Projects that hold tracks, the fullest first, with the time of the newest track. */
  "projects.withTracks": {
    method: "GET";
    parameters: {
      least?: number | undefined;
    };
    answer: {
      items: {
        projectId: string;
        name: string;
        tracks: number;
        newestAt: string | null;
      }[];
    };
  };
  /** One track with its versions. */
  "tracks.get": {
    method: "GET";
    parameters: {
      trackId: string;
    };
    answer: {
      item: {
        id: string;
        title: string;
        projectId: string;
        projectName: string;
        createdAt: string;
        updatedAt: string;
        versions: {
          id: string;
          number: number;
          parentId: string | null;
          prompt: string;
          instruction: string | null;
          durationMs: number | null;
          audioBytes: number | string | null;
          peaks: string | null;
          createdAt: string;
          state: string | null;
          requestId: string | null;
        }[];
      } | null;
    };
  };
  /** The user's tracks, newest first, each with its project's name and its versions. */
  "tracks.list": {
    method: "GET";
    parameters: {
      search?: string | undefined;
      projectId?: string | undefined;
      limit?: number | undefined;
      after?: string | undefined;
      before?: string | undefined;
      orderBy?: "createdAt.desc" | "createdAt.asc" | "updatedAt.asc" | "updatedAt.desc" | "title.asc" | "title.desc" | undefined;
    };
    answer: {
      items: {
        id: string;
        title: string;
        projectId: string;
        projectName: string;
        createdAt: string;
        updatedAt: string;
        versions: {
          id: string;
          number: number;
          parentId: string | null;
          prompt: string;
          instruction: string | null;
          durationMs: number | null;
          audioBytes: number | string | null;
          peaks: string | null;
          createdAt: string;
          state: string | null;
          requestId: string | null;
        }[];
      }[];
      next: string | null;
      previous: string | null;
    };
  };
  /** Puts a track into another project. */
  "tracks.move": {
    method: "POST";
    parameters: {
      trackId: string;
      projectId: string;
    };
    answer: {
      item: {
        id: string;
        title: string;
        projectId: string;
        projectName: string | null;
        createdAt: string;
        updatedAt: string;
      };
    };
  };
  /** Gives a track another title. */
  "tracks.rename": {
    method: "POST";
    parameters: {
      trackId: string;
      title: string;
    };
    answer: {
      item: {
        id: string;
        title: string;
        projectId: string;
        createdAt: string;
        updatedAt: string;
      };
    };
  };
  /** Tracks whose title contains a text, those that start with it first: for completion while typing. */
  "tracks.search": {
    method: "GET";
    parameters: {
      text: string;
      limit?: number | undefined;
    };
    answer: {
      items: {
        id: string;
        title: string;
        projectId: string;
        projectName: string;
      }[];
    };
  };
  /** What was deleted and can be restored: one entry an act of deleting, the latest first. */
  "trash.list": {
    method: "GET";
    parameters: {
      limit?: number | undefined;
      after?: string | undefined;
      before?: string | undefined;
    };
    answer: {
      items: {
        id: string;
        kind: string;
        subjectId: string;
        title: string;
        trackCount: number;
        versionCount: number;
        deletedAt: string;
        purgeAfter: string;
      }[];
      next: string | null;
      previous: string | null;
    };
  };
  /** The versions that were made from a version. */
  "versions.children": {
    method: "GET";
    parameters: {
      versionId: string;
    };
    answer: {
      items: {
        id: string;
        number: number;
        trackId: string;
        title: string;
        instruction: string | null;
        createdAt: string;
      }[];
    };
  };
  /** The versions of a track, in their order, with the state of their making. */
  "versions.list": {
    method: "GET";
    parameters: {
      trackId: string;
    };
    answer: {
      items: {
        id: string;
        number: number;
        parentId: string | null;
        prompt: string;
        instruction: string | null;
        durationMs: number | null;
        audioBytes: number | string | null;
        peaks: string | null;
        createdAt: string;
        state: string | null;
        requestId: string | null;
        trackId: string;
        seed: number | string;
        spec: unknown;
        hasAudio: boolean | null;
      }[];
    };
  };
}

export type QueryName = keyof Queries;

/** GET reads, with its parameters in the URL; POST writes, with a JSON body. A read may be sent by POST, too. */
export const queryMethods: { readonly [Name in QueryName]: Queries[Name]["method"] } = {
  "business.generations": "GET",
  "business.users": "GET",
  "generations.active": "GET",
  "generations.recent": "GET",
  "library.activity": "GET",
  "library.stats": "GET",
  "projects.create": "POST",
  "projects.createMany": "POST",
  "projects.get": "GET",
  "projects.list": "GET",
  "projects.rename": "POST",
  "projects.withTracks": "GET",
  "tracks.get": "GET",
  "tracks.list": "GET",
  "tracks.move": "POST",
  "tracks.rename": "POST",
  "tracks.search": "GET",
  "trash.list": "GET",
  "versions.children": "GET",
  "versions.list": "GET",
};

/** Longer paths are refused by some proxies, so their parameters are sent by POST. */
const pathLengthMax = 2_000;

/** The path of a query, and what to send. Lists are repeated; what is undefined is left out; a URL says neither null nor JSON. */
export function queryRequest<Name extends QueryName>(
  name: Name,
  parameters: Queries[Name]["parameters"],
): { readonly method: "GET" | "POST"; readonly path: string; readonly body: unknown } {
  const path = `/v1/queries/${name}`;
  const method = queryMethods[name];
  if (method === "POST") return { method, path, body: parameters };
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(key, String(one));
  }
  const whole = search.size === 0 ? path : `${path}?${search}`;
  const values: readonly unknown[] = Object.values(parameters).flat();
  return whole.length > pathLengthMax || values.some((value) => typeof value === "object")
    ? { method: "POST", path, body: parameters }
    : { method, path: whole, body: undefined };
}
