import Hummingbird
import OmniPipeline

/// For the operator of the server: is it there, does it take work, how is it.
struct OperationRoutes {
    let replies: ReplyService
    let gatekeeper: Gatekeeper
    let gate: RealtimeGate
    let registry: MetricsRegistry
    let table: ConnectionTable

    /// - Parameters:
    ///   - router: for what is open to all.
    ///   - pages: for what is behind the key, unless the configuration says otherwise.
    func add(to router: some RouterMethods<ServerContext>, pages: some RouterMethods<ServerContext>) {
        router.get("/healthz") { _, _ in Response(text: "ok\n") }
        router.get("/readyz") { _, _ in
            guard !gatekeeper.isDraining else { throw APIError.draining }
            return Response(text: "ready\n")
        }
        pages.get("/metrics") { _, _ in
            Response(text: registry.page(and: gauges), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// What others know by themselves.
    private var gauges: [(name: String, value: Double)] {
        let load = replies.scheduler.load
        return [
            ("omni_requests_open", Double(gatekeeper.openCount)), ("omni_realtime_connections", Double(gate.count)),
            ("omni_connections_open", Double(table.count)),
            ("omni_replies_prefilling", Double(load.prefillingCount)),
            ("omni_replies_speaking", Double(load.speakingCount)), ("omni_replies_writing", Double(load.writingCount)),
            ("omni_replies_refused_total", Double(load.refusedCount)),
            ("omni_passes_total", Double(load.stepCount)), ("omni_pass_rows_total", Double(load.replyStepCount)),
            ("omni_load_ratio", load.load ?? 0), ("omni_load_with_one_more_ratio", load.loadWithOneMore ?? 0),
        ]
    }
}
