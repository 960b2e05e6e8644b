# A relying party with OmniAuth and Sinatra: code flow with PKCE.
#
#   gem install sinatra omniauth_openid_connect webrick      (Debian: ruby-sinatra ruby-omniauth-openid-connect)
#   ruby agency.rb -p 8788
require 'json'
require 'omniauth_openid_connect'
require 'sinatra'

base_url = ENV.fetch('BASE_URL', 'http://localhost:8788')
issuer = URI(ENV.fetch('ISSUER', 'http://localhost:8787'))

# The library asks for discovery over https alone; a provider on this very machine may have none.
SWD.url_builder = URI::HTTP if issuer.scheme == 'http' && issuer.host == 'localhost'

set :bind, '127.0.0.1'
set :server, :webrick
use Rack::Session::Cookie, key: 'agency', secret: ENV.fetch('SESSION_KEY'), same_site: :lax, secure: base_url.start_with?('https:')
use OmniAuth::Builder do
  provider :openid_connect,
           name: :dopa,
           issuer: issuer.to_s,
           discovery: true,
           scope: %i[openid pid name],
           response_type: :code,
           pkce: true,
           client_options: {
             # The library builds discovery's URL from these two.
             scheme: issuer.scheme, host: issuer.host, port: issuer.port,
             identifier: ENV.fetch('CLIENT_ID', 'ruby-agency'),
             secret: ENV.fetch('CLIENT_SECRET'),
             redirect_uri: "#{base_url}/auth/dopa/callback"
           }
end

# OmniAuth begins a sign-in by POST alone: a link could be followed by somebody else's page.
get '/' do
  token = Rack::Protection::AuthenticityToken.token(session)
  <<~HTML
    <!doctype html><title>Agency</title>
    <form method="post" action="/auth/dopa"><input type="hidden" name="authenticity_token" value="#{token}"><button>Sign in</button></form>
  HTML
end

get '/auth/dopa/callback' do
  content_type :json
  # Here a real agency opens its session and redirects.
  JSON.generate(request.env['omniauth.auth']['extra']['raw_info'].to_h)
end

get('/auth/failure') { [403, params['message'].to_s] }
