import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Says what is wrong in OpenAI's error object, whatever was thrown, and puts the header fields of safety on every
/// answer.
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
        } catch let error as CancellationError {
            // The client has gone: there is no one to tell.
            throw error
        } catch is HTTPParserError {
            response = Self.response(.notHTTP)
        } catch {
            let known = APIError(error)
            if known.status == 500 {
                context.logger.error(
                    "a request failed",
                    metadata: [
                        "error": "\(String(describing: error).excerpt(maximumByteCount: 1000))",
                        "path": "\(request.uri.path.excerpt())",
                    ])
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
        if error.status == 426 {
            response.headers[.upgrade] = "websocket"
            response.headers[.secWebSocketVersion] = "13"
        }
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
    /// What keeps a browser from doing more with a response than it should.
    static let safety: HTTPFields = {
        var fields: HTTPFields = [
            .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        ]
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    /// Adds the fields of ``safety`` that are not there.
    mutating func addSafety() {
        for field in Self.safety where self[field.name] == nil { self[field.name] = field.value }
    }
}
