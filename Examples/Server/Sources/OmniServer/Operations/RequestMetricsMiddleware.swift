import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Counts requests by the statuses that their clients got, and how long they took to the ends of their responses.
///
/// The router calls it before ``ErrorMiddleware``, so that it sees the responses which that one makes of errors.
struct RequestMetricsMiddleware: RouterMiddleware {
    let registry: MetricsRegistry

    func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let measurement = RequestMeasurement(request.method, in: registry)
        do {
            var response = try await next(request, context)
            let route = context.endpointPath ?? "NotFound"
            let status = Task.isCancelled ? RequestMeasurement.clientGone : response.status.code
            measurement.answer(status: status, route: route)
            response.body = response.body.measured(by: measurement, context.channel)
            return response
        } catch {
            // Every other error has become a response.
            let isCancelled = Task.isCancelled || error is CancellationError
            measurement.end(
                status: isCancelled ? RequestMeasurement.clientGone : 500, route: context.endpointPath ?? "NotFound")
            throw error
        }
    }
}

extension ResponseBody {
    /// The same body; its request is counted when the body was sent, or could not be sent to its end. A client that has
    /// all bytes which the head promises may close the connection: then what ends the body fails, and nothing is
    /// missing.
    fileprivate func measured(by measurement: RequestMeasurement, _ channel: any Channel) -> ResponseBody {
        let body = self
        return ResponseBody(contentLength: contentLength) { writer in
            let count = WrittenCount()
            do {
                try await body.write(CountingWriter(base: writer, count: count))
                measurement.end()
            } catch {
                if let length = body.contentLength, count.value >= length {
                    measurement.end()
                    throw error
                }
                let isGone = Task.isCancelled || error is CancellationError || !channel.isActive
                measurement.fail(status: isGone ? RequestMeasurement.clientGone : 500)
                throw error
            }
        }
    }
}

/// Bytes of a body that were written.
private final class WrittenCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ byteCount: Int) { count.add(byteCount, ordering: .relaxed) }
}

/// Writes a body, and counts its bytes.
private struct CountingWriter: ResponseBodyWriter {
    var base: any ResponseBodyWriter
    let count: WrittenCount

    @concurrent
    mutating func write(_ buffer: ByteBuffer) async throws {
        try await base.write(buffer)
        count.add(buffer.readableBytes)
    }

    @concurrent
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { try await base.finish(trailingHeaders) }
}
