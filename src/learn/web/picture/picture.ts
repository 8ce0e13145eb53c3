/** A stack as the page draws it: plain data, and nothing that was not measured. Times are ISO 8601, of the engine's clock. */
export interface Picture {
  readonly at: string;
  /** Since then nothing is measured: the engine does not answer, or the watch has ended with an error. The rest is what was seen before. Omitted: the picture is live. */
  readonly unmeasuredSince?: string;
  readonly networks: readonly { readonly id: string; readonly name: string; readonly internal: boolean }[];
  /** In the order of the Compose file. */
  readonly services: readonly ServicePicture[];
  /** What the proxy reaches, compared with DNS; omitted: the stack has no proxy, or nothing was measured. */
  readonly proxy?: ProxyPicture;
}

export interface ServicePicture {
  /** Its name in the Compose file. */
  readonly name: string;
  /** What labs call it. */
  readonly role?: string;
  /** The port on this machine; omitted: none is published. */
  readonly published?: number;
  readonly replicas: readonly ReplicaPicture[];
  /** The addresses that DNS returned for the service's name when it was last looked up from a container; omitted: not looked up. */
  readonly dns?: { readonly addresses: readonly string[]; readonly at: string; readonly from: string };
}

export interface ReplicaPicture {
  /** The container's ID. */
  readonly id: string;
  /** As Compose names it: project, service and number, such as `shop-web-2`. */
  readonly name: string;
  readonly number: number;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing';
  readonly exitCode?: number;
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** Its address in each network, by the network's ID. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The requests that its log shows since it was started; omitted: its log shows none that can be read. */
  readonly requests?: number;
  /** The packets that it has received since it was started, by the engine's counter; omitted: not measured. */
  readonly packets?: number;
}

export interface ProxyPicture {
  /** The service of the proxy, and the one that it passes requests to. */
  readonly service: string;
  readonly upstream: string;
  /**
   * The containers of the picture that answered requests of the proxy since it last read its configuration, or since the watch began, and how many each. A probe of
   * labwright's counts if the proxy's log shows that it passed it on.
   */
  readonly reached: Readonly<Record<string, number>>;
  /** The number of addresses that DNS returned for `upstream`; omitted: not looked up. */
  readonly known?: number;
  /** The proxy uses other replicas than DNS returns: it left some out in enough requests to be no accident, or it uses an address that DNS does not return. */
  readonly stale: boolean;
}

/** Requests that logs show, merged by origin, replica and kind. */
export interface Requests {
  /** The latest of them. */
  readonly at: string;
  readonly seen: readonly {
    /** The container that sent it; `host`: this machine or what is outside. */
    readonly from: string;
    /** The container that answered. */
    readonly to: string;
    readonly count: number;
    /** Status 500 or above. */
    readonly failed: boolean;
    /** labwright's own probe. */
    readonly own: boolean;
  }[];
}
