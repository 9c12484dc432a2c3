import HTTPTypes
import Hummingbird
import NIOCore

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
    /// The same body; its request is counted when the body was sent, or could not be sent to its end.
    fileprivate func measured(by measurement: RequestMeasurement, _ channel: any Channel) -> ResponseBody {
        let body = self
        return ResponseBody(contentLength: contentLength) { writer in
            do {
                try await body.write(writer)
                measurement.end()
            } catch {
                let isGone = Task.isCancelled || error is CancellationError || !channel.isActive
                measurement.fail(status: isGone ? RequestMeasurement.clientGone : 500)
                throw error
            }
        }
    }
}
