import { TRACKING_SERVER } from '../../core/tracking-server';

/** Where nginx takes requests. */
export const FRONT_PORT = 8080;
/** A recent one of the stable line: 1.25.1 is the first that takes HTTP/2 without TLS beside HTTP/1. */
export const FRONT_IMAGE = 'docker.io/nginxinc/nginx-unprivileged:1.28-alpine';
/** Longest that a request may take, which is what Cloud Run allows at most: a large artifact takes its time. */
export const REQUEST_SECONDS = 3_600;

/**
 * Configuration of nginx before the server: what comes in by HTTP/2 goes on by HTTP/1, as it comes and however long it is.
 *
 * Cloud Run ends requests of more than 32 MiB that it hands on by HTTP/1, and MLflow's own server knows nothing else.
 *
 * @see https://cloud.google.com/run/quotas#request_limits
 */
export const FRONT_CONFIG = `worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen ${FRONT_PORT};
    http2 on;
    client_max_body_size 0;
    client_body_timeout ${REQUEST_SECONDS}s;
    large_client_header_buffers 4 32k;
    location / {
      proxy_pass http://127.0.0.1:${TRACKING_SERVER.port};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout ${REQUEST_SECONDS}s;
      proxy_send_timeout ${REQUEST_SECONDS}s;
    }
  }
}
`;

/** The shell puts the configuration where nginx may read it: a volume of Cloud Run would have to be a secret. */
export const FRONT_COMMAND = ['sh', '-c', `printf '%s' "$FRONT_CONFIG" >/tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g 'daemon off;'`];
