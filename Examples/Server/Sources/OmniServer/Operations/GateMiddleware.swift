import HTTPTypes
import Hummingbird

/// Lets requests for a name of the server's through.
struct HostMiddleware: RouterMiddleware {
    let gatekeeper: Gatekeeper

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        try gatekeeper.checkHost(request.head.authority)
        return try await next(request, context)
    }
}

/// Lets requests through whose client has the key, unless the configuration says that there are pages for all.
struct PageGateMiddleware: RouterMiddleware {
    let gatekeeper: Gatekeeper
    let isPublic: Bool

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        try gatekeeper.checkOrigin(request.headers[.origin], host: request.head.authority)
        if !isPublic {
            let authorization = request.headers[.authorization]
            do {
                try gatekeeper.checkKey(authorization?.bearerKey ?? authorization?.basicKey)
            } catch {
                var response = ErrorMiddleware.response(error)
                // A browser asks its user for the key.
                response.headers[.wwwAuthenticate] = "Basic realm=\"omni\", charset=\"UTF-8\""
                return response
            }
        }
        return try await next(request, context)
    }
}

/// Lets requests through the ``Gatekeeper``.
struct GateMiddleware: RouterMiddleware {
    let gatekeeper: Gatekeeper
    let configuration: ServerConfiguration

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        try gatekeeper.checkOrigin(request.headers[.origin], host: request.head.authority)
        try gatekeeper.checkKey(request.headers[.authorization]?.bearerKey)
        if let expected = request.headers[.expect], expected.lowercased() != "100-continue" {
            throw APIError.expectation
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > configuration.maximumRequestBytes
        {
            throw APIError.tooLarge(configuration.maximumRequestBytes)
        }
        let client = ClientAddress.client(
            peer: context.channel.peerAddress, forwarded: request.headers.forwardedFor,
            proxies: configuration.trustedProxies)
        try gatekeeper.enter(client)
        // A body that is streamed is made after this returns: it holds the permit until it is over.
        let permit = ClientPermit(gatekeeper, client)
        var context = context
        context.account = gatekeeper.account(of: client)
        var response = try await next(request, context)
        response.body = response.body.holding(permit)
        return response
    }
}

/// A client's permit, given back when the last reference to it goes.
final class ClientPermit: Sendable {
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

extension HTTPFields {
    /// The clients that proxies name.
    var forwardedFor: [String] { HTTPField.Name("X-Forwarded-For").map { self[values: $0] } ?? [] }
}
