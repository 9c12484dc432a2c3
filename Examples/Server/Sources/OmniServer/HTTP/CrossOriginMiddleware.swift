import HTTPTypes
import Hummingbird

/// Lets pages of allowed origins read what they asked for, errors as well, and ask beforehand whether they may (CORS).
///
/// Whether they may ask at all is the ``Gatekeeper``'s business.
struct CrossOriginMiddleware: RouterMiddleware {
    let allowedOrigins: Set<String>

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], !allowedOrigins.isDisjoint(with: [origin, "*"]) else {
            return try await next(request, context)
        }
        var response = request.method == .options ? Response(status: .noContent) : try await next(request, context)
        response.headers.addSafety()
        for field in Self.permission(origin) { response.headers[field.name] = field.value }
        return response
    }

    private static func permission(_ origin: String) -> HTTPFields {
        [
            .accessControlAllowOrigin: origin, .vary: "Origin", .accessControlAllowMethods: "GET, POST",
            .accessControlAllowHeaders: "authorization, content-type",
            .accessControlExposeHeaders: "retry-after, omni-speech", .accessControlMaxAge: "600",
        ]
    }
}
