import Hummingbird
import NIOHTTP1

/// `GET /v1/realtime` for whoever did not become a WebSocket: says why.
struct RealtimeRoutes {
    let gate: RealtimeGate

    func add(to router: some RouterMethods<ServerContext>) {
        router.get("/v1/realtime") { request, _ in
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: request.uri.path)
            for field in request.headers { head.headers.add(name: field.name.rawName, value: field.value) }
            if let host = request.head.authority { head.headers.replaceOrAdd(name: "host", value: host) }
            if let refusal = gate.refusal(head) { throw refusal }
            var response = ErrorMiddleware.response(
                APIError(
                    status: 426, kind: .invalidRequest, code: "upgrade_required", message: "this is a WebSocket"))
            response.headers[.upgrade] = "websocket"
            return response
        }
    }
}
