import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import OmniServer

/// Routes without a model: which paths there are, and with which methods.
@Suite struct RouteTests {
    private func response(
        _ path: String, _ method: HTTPRequest.Method = .get, modelName: String = "omni", origin: String? = nil
    ) async throws -> Response {
        let routes = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        let router = MethodRecorder(routes)
        router.add(middleware: CrossOriginMiddleware(allowedOrigins: ["https://page.example"]))
        router.add(middleware: ErrorMiddleware(maximumRequestBytes: 1))
        let group = router.group()
        ModelRoutes(modelName: modelName).add(to: group)
        group.post("/chat") { _, _ in Response(text: "") }
        router.refuseOtherMethods()
        var request = HTTPRequest(method: method, scheme: "http", authority: "a", path: path)
        request.headerFields[.origin] = origin
        return try await routes.buildResponder().respond(
            to: Request(head: request, body: RequestBody(buffer: ByteBuffer())),
            context: ServerContext(
                source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: Logger(label: ""))))
    }

    @Test(arguments: [
        ("omni", "/v1/models/omni"), ("omni", "/v1/models/omn%69"), ("a/b c", "/v1/models/a/b%20c"),
        ("a/b c", "/v1/models/a%2Fb%20c"), ("ä", "/v1/models/%C3%A4"), ("100%", "/v1/models/100%"),
    ])
    func names(model: String, path: String) async throws {
        #expect(try await response(path, modelName: model).status == .ok)
        #expect(try await response(path, .head, modelName: model).status == .ok)
        #expect(try await response("/v1/models", modelName: model).status == .ok)
        #expect(try await response(path + "x", modelName: model).status == .notFound)
    }

    @Test func unknownModelsAreNamed() async throws {
        let response = try await response("/v1/models/gpt%2F4")
        let bytes = ByteBufferWriter()
        try await response.body.write(bytes)
        let error = try JSON(parsing: bytes.text.utf8)["error"]
        #expect(error?["code"] == "model_not_found" && error?["param"] == "model")
        #expect(error?["message"]?.string?.contains("“gpt/4”") == true, "\(bytes.text)")
    }

    @Test(arguments: [
        ("/chat", HTTPRequest.Method.get, "POST"), ("/chat", .head, "POST"), ("/chat", .options, "POST"),
        ("/v1/models", .post, "GET, HEAD"), ("/v1/models/omni", .delete, "GET, HEAD"),
    ])
    func otherMethods(path: String, method: HTTPRequest.Method, allowed: String) async throws {
        let response = try await response(path, method)
        #expect(response.status == .methodNotAllowed && response.headers[.allow] == allowed)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(try await self.response("/nothing", method).status == .notFound)
    }

    /// A page reads in a response that its recording was cut short.
    @Test func fieldsForPages() async throws {
        let response = try await response("/v1/models", origin: "https://page.example")
        let exposed = response.headers[.accessControlExposeHeaders]?.split(separator: ", ") ?? []
        #expect(Set(exposed) == ["retry-after", "omni-speech", "omni-warning"])
    }
}

/// Keeps a body.
private final class ByteBufferWriter: ResponseBodyWriter {
    private(set) var text = ""

    func write(_ buffer: ByteBuffer) async throws { text += String(buffer: buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
