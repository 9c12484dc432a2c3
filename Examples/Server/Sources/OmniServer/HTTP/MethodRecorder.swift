import HTTPTypes
import Hummingbird
import Synchronization

/// Hands routes on to a router, and notes which methods each path has. A request with another method is answered with
/// 405 and those that there are (RFC 9110, 15.5.6); the router alone answers it as if there were no such path.
final class MethodRecorder: RouterMethods {
    typealias Context = ServerContext

    private let router: Router<ServerContext>
    private let recorded = Mutex<[String: (path: RouterPath, methods: [HTTPRequest.Method])]>([:])

    /// - Parameter router: makes a HEAD of each GET.
    init(_ router: Router<ServerContext>) { self.router = router }

    @discardableResult
    func on<Responder: HTTPResponder>(
        _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
    ) -> Self where Responder.Context == ServerContext {
        recorded.withLock { recorded in
            let methods = method == .get ? [method, .head] : [method]
            recorded[path.description, default: (path, [])].methods += methods
        }
        router.on(path, method: method, responder: responder)
        return self
    }

    @discardableResult
    func add(middleware: any MiddlewareProtocol<Request, Response, ServerContext>) -> Self {
        router.add(middleware: middleware)
        return self
    }

    /// Adds the refusals, once all routes are there.
    func refuseOtherMethods() {
        for (path, methods) in recorded.withLock({ Array($0.values) }) {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            for method in HTTPRequest.Method.standard where !methods.contains(method) {
                router.on(path, method: method) { _, _ in
                    var response = ErrorMiddleware.response(.methodNotAllowed(allowed))
                    response.headers[.allow] = allowed
                    return response
                }
            }
        }
    }
}

extension HTTPRequest.Method {
    /// The methods of RFC 9110 and PATCH. A client may make up others.
    static let standard: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]
}
