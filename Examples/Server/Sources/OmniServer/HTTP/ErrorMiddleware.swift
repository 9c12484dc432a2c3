import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Says what is wrong in OpenAI's error object, whatever was thrown, and puts the header fields of safety on every answer.
struct ErrorMiddleware: RouterMiddleware {
    let maximumRequestBytes: Int

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPError {
            response = Self.response(Self.apiError(error))
        } catch is NIOTooManyBytesError {
            response = Self.response(.tooLarge(maximumRequestBytes))
        } catch let error as HTTPParserError {
            response = Self.response(.invalid("the request is not HTTP: \(error)", code: "invalid_request"))
        } catch {
            let known = APIError(error)
            if known.status == 500 {
                context.logger.error(
                    "a request failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            }
            response = Self.response(known)
        }
        response.headers.addSafety()
        return response
    }

    /// What the router and the body's collector throw.
    private static func apiError(_ error: HTTPError) -> APIError {
        switch error.status {
        case .notFound: .notFound
        default:
            APIError(
                status: error.status.code, kind: .invalidRequest, code: "invalid_request",
                message: error.status.reasonPhrase.lowercased())
        }
    }

    static func response(_ error: APIError) -> Response {
        var response = Response(json: ["error": error.json], status: .init(code: error.status))
        if let retryAfter = error.retryAfter {
            response.headers[.retryAfter] = String(max(Int((retryAfter / .seconds(1)).rounded(.up)), 1))
        }
        if error.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }
}

extension Response {
    /// One JSON value.
    init(json: JSON, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }

    /// Plain text.
    init(text: String, contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok) {
        self.init(
            status: status, headers: [.contentType: contentType], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPFields {
    /// What keeps a browser from doing more with an answer than it should.
    mutating func addSafety() {
        self[.xContentTypeOptions] = "nosniff"
        self[.contentSecurityPolicy] =
            self[.contentSecurityPolicy] ?? "default-src 'none'; frame-ancestors 'none'"
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { self[name] = value }
        }
    }
}
