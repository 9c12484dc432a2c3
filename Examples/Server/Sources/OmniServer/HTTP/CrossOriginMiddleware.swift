import Foundation
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
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = isPreflight ? Response(status: .noContent) : try await next(request, context)
        response.headers.addSafety()
        for field in Self.permission(origin, asked: request.headers[.accessControlRequestHeaders]) {
            response.headers[field.name] = field.value
        }
        return response
    }

    /// What OpenAI's clients send, besides what each request has.
    private static let headers = [
        "authorization", "content-type", "accept", "idempotency-key", "openai-beta", "openai-organization",
        "openai-project", "x-request-id", "x-stainless-arch", "x-stainless-async", "x-stainless-helper-method",
        "x-stainless-lang", "x-stainless-os", "x-stainless-package-version", "x-stainless-poll-helper",
        "x-stainless-custom-poll-interval", "x-stainless-retry-count", "x-stainless-runtime",
        "x-stainless-runtime-version", "x-stainless-timeout",
    ]

    /// - Parameter asked: the names of the header fields that a page asks for. A page that may connect may send any.
    private static func permission(_ origin: String, asked: String?) -> HTTPFields {
        let asked = (asked?.utf8.count ?? 0) <= 4096 ? asked ?? "" : ""
        let names = asked.split(separator: ",").compactMap { name in
            HTTPField.Name(name.trimmingCharacters(in: .whitespaces))?.canonicalName
        }
        return [
            .accessControlAllowOrigin: origin, .vary: "Origin, Access-Control-Request-Headers",
            .accessControlAllowMethods: "GET, HEAD, POST",
            .accessControlAllowHeaders: (headers + names.filter { !headers.contains($0) }).joined(separator: ", "),
            .accessControlExposeHeaders: "retry-after, omni-speech, omni-warning", .accessControlMaxAge: "600",
        ]
    }
}
