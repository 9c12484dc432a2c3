// OMNI_URLSESSION compiles it on Linux as well, see Tests/urlsession.sh.
#if canImport(Darwin) || OMNI_URLSESSION
    internal import Foundation
    internal import Synchronization

    #if canImport(FoundationNetworking)
        internal import FoundationNetworking
    #endif

    /// HTTP through URLSession. Proxies and trusted certificates are the system's; environment variables for them are
    /// not read.
    final class URLSessionTransport: HTTPTransport {
        func get(_ request: HTTPRequest, into receiver: any HTTPReceiver) async throws {
            try Task.checkCancellation()
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpCookieStorage = nil
            configuration.urlCredentialStorage = nil
            configuration.urlCache = nil
            // Foundation on Linux counts whole seconds, and takes less than one for none.
            configuration.timeoutIntervalForRequest = max(1, request.stallLimit / .seconds(1))
            let queue = OperationQueue()
            queue.maxConcurrentOperationCount = 1
            let reception = SessionReception(receiver)
            let session = URLSession(configuration: configuration, delegate: reception, delegateQueue: queue)
            defer { session.finishTasksAndInvalidate() }
            var urlRequest = URLRequest(url: request.url)
            for (name, value) in request.headers { urlRequest.setValue(value, forHTTPHeaderField: name) }
            let task = session.dataTask(with: urlRequest)
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    reception.start(task, continuation)
                }
            } onCancel: {
                task.cancel()
            }
        }
    }

    /// Passes what a session delivers on to a receiver.
    private final class SessionReception: NSObject, URLSessionDataDelegate, Sendable {
        private struct State {
            var continuation: CheckedContinuation<Void, any Error>?
            /// How a task ended that was cancelled before it was started.
            var earlyResult: Result<Void, any Error>?
            var error: (any Error)?
            var isRefused = false
        }

        private let receiver: any HTTPReceiver
        private let state = Mutex(State())

        init(_ receiver: any HTTPReceiver) { self.receiver = receiver }

        func start(_ task: URLSessionDataTask, _ continuation: CheckedContinuation<Void, any Error>) {
            let earlyResult = state.withLock { state in
                if state.earlyResult == nil { state.continuation = continuation }
                return state.earlyResult
            }
            if let earlyResult { return continuation.resume(with: earlyResult) }
            task.resume()
        }

        func urlSession(
            _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }

        func urlSession(
            _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
            completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
        ) {
            guard let response = response as? HTTPURLResponse else { return completionHandler(.cancel) }
            var head = HTTPHead(status: response.statusCode)
            for (name, value) in response.allHeaderFields {
                if let name = name as? String, let value = value as? String { head[name] = value }
            }
            do {
                guard try receiver.receive(head) else {
                    state.withLock { $0.isRefused = true }
                    return completionHandler(.cancel)
                }
                completionHandler(.allow)
            } catch {
                state.withLock { $0.error = error }
                completionHandler(.cancel)
            }
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            guard state.withLock({ $0.error == nil }) else { return }
            do {
                try unsafe data.withUnsafeBytes { try receiver.receive(unsafe RawSpan(_unsafeBytes: $0)) }
            } catch {
                state.withLock { $0.error = error }
                dataTask.cancel()
            }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            let (continuation, result) = state.withLock { state in
                let continuation = state.continuation
                state.continuation = nil
                let result: Result<Void, any Error> =
                    if let ownError = state.error {
                        .failure(ownError)
                    } else if let error, !state.isRefused {
                        .failure(Self.failure(error))
                    } else {
                        .success(())
                    }
                if continuation == nil { state.earlyResult = result }
                return (continuation, result)
            }
            continuation?.resume(with: result)
        }

        private static func failure(_ error: any Error) -> any Error {
            let reason = error.localizedDescription
            guard let error = error as? URLError else { return HTTPFailure(kind: .interrupted, reason: reason) }
            switch error.code {
            case .cancelled: return CancellationError()
            case .timedOut: return HTTPFailure(kind: .stalled, reason: reason)
            case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet:
                return HTTPFailure(kind: .unreachable, reason: reason)
            case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
                .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid,
                .appTransportSecurityRequiresSecureConnection:
                return HTTPFailure(kind: .insecure, reason: reason)
            case .badURL, .unsupportedURL: return HTTPFailure(kind: .unusable, reason: reason)
            default: return HTTPFailure(kind: .interrupted, reason: reason)
            }
        }
    }
#endif
