import OmniGPT
import OmniPipeline

/// Why a request is refused: a status, and OpenAI's error object.
struct APIError: Error, Hashable, CustomStringConvertible {
    enum Kind: String {
        case invalidRequest = "invalid_request_error"
        case authentication = "authentication_error"
        case permission = "permission_error"
        case rateLimit = "rate_limit_error"
        case server = "server_error"
    }

    var status: Int
    var kind: Kind
    /// A word that programs can compare.
    var code: String
    /// A sentence that people can read.
    var message: String
    /// The field that is wrong.
    var parameter: String?
    /// When to try again.
    var retryAfter: Duration?

    var description: String { message }

    static func invalid(_ message: String, code: String, parameter: String? = nil) -> APIError {
        APIError(status: 400, kind: .invalidRequest, code: code, message: message, parameter: parameter)
    }

    static let unauthorized = APIError(
        status: 401, kind: .authentication, code: "invalid_api_key", message: "the bearer key is missing or wrong")
    static let forbiddenOrigin = APIError(
        status: 403, kind: .permission, code: "origin_not_allowed",
        message: "pages of this origin may not connect; see --allow-origin")
    static let forbiddenHost = APIError(
        status: 403, kind: .permission, code: "host_not_allowed",
        message: "this server is not known under this name; see --allow-host")
    static let expectation = APIError(
        status: 417, kind: .invalidRequest, code: "invalid_request", message: "only 100-continue can be expected")
    static let notHTTP = APIError.invalid("the request is not HTTP", code: "invalid_request")
    static let uriTooLong = APIError(
        status: 414, kind: .invalidRequest, code: "uri_too_long", message: "the address is too long")
    static let headTooLarge = APIError(
        status: 431, kind: .invalidRequest, code: "head_too_large", message: "the header fields are too large")
    static let late = APIError(
        status: 408, kind: .invalidRequest, code: "request_timeout", message: "the request came too slowly")
    static let tooManyConnections = APIError(
        status: 503, kind: .server, code: "too_many_connections",
        message: "there are too many connections; try again later", retryAfter: .seconds(1))
    static let notFound = APIError(
        status: 404, kind: .invalidRequest, code: "not_found", message: "there is nothing here")

    static func methodNotAllowed(_ allowed: String) -> APIError {
        APIError(
            status: 405, kind: .invalidRequest, code: "method_not_allowed",
            message: "the method of the request must be one of \(allowed)")
    }

    static func noModel(_ id: String, but known: String) -> APIError {
        APIError(
            status: 404, kind: .invalidRequest, code: "model_not_found",
            message: "there is no model “\(id.excerpt())”; the model is “\(known)”", parameter: "model")
    }

    static func tooLarge(_ limit: Int) -> APIError {
        APIError(
            status: 413, kind: .invalidRequest, code: "request_too_large",
            message: "a request may have \(limit) bytes")
    }

    static func tooMany(_ what: String, retryAfter: Duration) -> APIError {
        APIError(
            status: 429, kind: .rateLimit, code: "rate_limit_exceeded", message: "too many \(what)",
            retryAfter: retryAfter)
    }

    static func full(retryAfter: Duration) -> APIError {
        APIError(
            status: 503, kind: .server, code: "server_full",
            message: "as many conversations as this machine keeps up with are going on; try again later",
            retryAfter: retryAfter)
    }

    static let draining = APIError(
        status: 503, kind: .server, code: "server_stopping", message: "the server is stopping", retryAfter: .seconds(1))

    /// What an error of the library's is for a client, whose field of this name it is about.
    init(_ error: any Error, parameter: String) {
        self.init(error)
        if kind == .invalidRequest { self.parameter = self.parameter ?? parameter }
    }

    /// What an error of the library's is for a client.
    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case SchedulerError.full(_, let retryAfter): self = .full(retryAfter: retryAfter)
        case let error as WAVError:
            self = .invalid("the audio is no WAV file that can be read: \(error)", code: "invalid_audio")
        case AudioInputError.tooShort, AudioInputError.silent:
            self = .invalid(String(describing: error), code: "audio_too_short")
        case is AudioInputError: self = .invalid(String(describing: error), code: "invalid_audio")
        case let error as OmniGPTError: self = .invalid(String(describing: error), code: "invalid_question")
        case let error as OmniSessionError: self = .invalid(String(describing: error), code: "invalid_question")
        default:
            // What went wrong inside is for the log, not for the client.
            self = APIError(status: 500, kind: .server, code: "internal_error", message: "the reply could not be made")
        }
    }

    init(
        status: Int, kind: Kind, code: String, message: String, parameter: String? = nil, retryAfter: Duration? = nil
    ) {
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.parameter = parameter
        self.retryAfter = retryAfter
    }

    /// OpenAI's error object.
    var json: JSON {
        [
            "type": .string(kind.rawValue), "code": .string(code), "message": .string(message),
            "param": parameter.map { .string($0) } ?? .null,
        ]
    }
}
