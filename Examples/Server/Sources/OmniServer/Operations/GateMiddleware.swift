import Hummingbird

/// Lets requests through the ``Gatekeeper``.
struct GateMiddleware: RouterMiddleware {
    let gatekeeper: Gatekeeper

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        try gatekeeper.checkOrigin(request.headers[.origin], host: request.head.authority)
        try gatekeeper.checkKey(request.headers[.authorization]?.bearerKey)
        try gatekeeper.enter(context.client)
        // A body that is streamed is made after this returns: it holds the place until it is over.
        let place = ClientPlace(gatekeeper, context.client)
        var response = try await next(request, context)
        response.body = response.body.holding(place)
        return response
    }
}

/// A client's place, given back when nobody holds it any more.
final class ClientPlace: Sendable {
    private let gatekeeper: Gatekeeper
    private let client: String

    init(_ gatekeeper: Gatekeeper, _ client: String) {
        self.gatekeeper = gatekeeper
        self.client = client
    }

    deinit { gatekeeper.leave(client) }
}

extension ResponseBody {
    /// The same body, holding on to something until it was sent.
    fileprivate func holding(_ object: some AnyObject & Sendable) -> ResponseBody {
        let body = self
        return ResponseBody(contentLength: contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(object) {}
        }
    }
}
